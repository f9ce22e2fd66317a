"""Slurm schedulers: parameters for requests of allocations."""

from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.resource import Generic, Names, Resource, equal


class SlurmSchedulerModel(Record):
    """Parameters for requests of allocations. Slurm validates the values; the server does not."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    name = Text("Name of the scheduler.")
    account = Text("Slurm account.", required=True)
    gres = Text("Generic resources of each node, such as `gpu:2`.")
    mem = Text("Memory of each node.")
    nodes = Integer("Number of nodes of an allocation.", required=True)
    ntasks_per_node = Integer("Number of tasks per node.")
    partition = Text("Partition.")
    qos = Text("Quality of service.")
    tmp = Text("Local disk of each node.")
    walltime = Text("Time limit of an allocation.", required=True)
    extra = Text("Further options for sbatch, passed unchanged.")
    serialize_allocations = Boolean("Whether its allocations run one at a time.", default=False, default_shown=False)


SLURM_SCHEDULER = Resource(
    table="slurm_scheduler",
    path="slurm_schedulers",
    names=Names.regular("slurm_scheduler", "slurm_schedulers"),
    schema=SlurmSchedulerModel,
    noun="Slurm scheduler",
    operations=Generic.PLAIN,
    # COMPAT 0.12: only the API of 0.12 has these filters. Remove them when its clients are no longer supported.
    filters=(
        equal("name", Text("Only schedulers with this name.")),
        equal("account", Text("Only schedulers with this account.")),
        equal("gres", Text("Only schedulers with these generic resources.")),
        equal("mem", Text("Only schedulers with this amount of memory.")),
        equal("nodes", Integer("Only schedulers with this number of nodes.")),
        equal("partition", Text("Only schedulers with this partition.")),
        equal("qos", Text("Only schedulers with this quality of service.")),
        equal("tmp", Text("Only schedulers with this amount of local disk.")),
        equal("walltime", Text("Only schedulers with this time limit.")),
    ),
)
