"""Slurm schedulers: how allocations are asked for."""

from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.resource import Generic, Names, Resource, equal


class SlurmSchedulerModel(Record):
    """How allocations are asked for. Its words are Slurm's to judge."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    name = Text("What people call it.")
    account = Text("Who pays.", required=True)
    gres = Text("Generic resources of each node, such as gpu:2.")
    mem = Text("Memory of each node.")
    nodes = Integer("How many nodes an allocation has.", required=True)
    ntasks_per_node = Integer("How many tasks each node starts.")
    partition = Text("The partition.")
    qos = Text("The quality of service.", default="normal", default_shown=False)
    tmp = Text("Local disk of each node.")
    walltime = Text("How long an allocation may run.", required=True)
    extra = Text("Further options of sbatch, as they are.")
    serialize_allocations = Boolean("Whether its allocations follow each other, one at a time.", extension=True)


SLURM_SCHEDULER = Resource(
    table="slurm_scheduler",
    path="slurm_schedulers",
    names=Names.regular("slurm_scheduler", "slurm_schedulers"),
    schema=SlurmSchedulerModel,
    noun="Slurm scheduler",
    operations=Generic.PLAIN,
    # COMPAT 0.12: only its document has these filters; until none of its clients is left.
    filters=(
        equal("name", Text("Only schedulers of exactly this name.")),
        equal("account", Text("Only schedulers with this account.")),
        equal("gres", Text("Only schedulers with these generic resources.")),
        equal("mem", Text("Only schedulers with exactly this memory.")),
        equal("nodes", Integer("Only schedulers with this many nodes.")),
        equal("partition", Text("Only schedulers with this partition.")),
        equal("qos", Text("Only schedulers with this quality of service.")),
        equal("tmp", Text("Only schedulers with exactly this local disk.")),
        equal("walltime", Text("Only schedulers with exactly this time limit.")),
    ),
)
