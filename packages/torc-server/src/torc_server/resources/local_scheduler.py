"""Local schedulers: the resources of a machine for a workflow."""

from torc_server.resources.fields import Integer, Memory, Record, Text
from torc_server.resources.resource import Generic, Names, Resource, equal


class LocalSchedulerModel(Record):
    """The resources of a machine for a workflow. Runners interpret the values; the server does not."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("Id of the workflow.", required=True, fixed=True)
    name = Text("Name of the scheduler; `default` if absent.", default="default", default_shown=False)
    memory = Memory("Amount of memory.")
    num_cpus = Integer("Number of CPUs.")


LOCAL_SCHEDULER = Resource(
    table="local_scheduler",
    path="local_schedulers",
    names=Names.regular("local_scheduler", "local_schedulers"),
    schema=LocalSchedulerModel,
    noun="local scheduler",
    operations=Generic.PLAIN,
    filters=(
        equal("memory", Text("Only schedulers with this amount of memory.")),
        equal("num_cpus", Integer("Only schedulers with this number of CPUs.")),
    ),
)
