"""Local schedulers: what this machine gives to a workflow."""

from torc_server.resources.fields import Integer, Memory, Record, Text
from torc_server.resources.resource import Generic, Names, Resource, equal


class LocalSchedulerModel(Record):
    """What this machine gives to a workflow. Its words are the runners' to read."""

    id = Integer("Set by the server.", read_only=True)
    workflow_id = Integer("The workflow it belongs to.", required=True, fixed=True)
    name = Text("What people call it; `default` when absent.", default="default", default_shown=False)
    memory = Memory("How much memory.")
    num_cpus = Integer("How many CPUs.")


LOCAL_SCHEDULER = Resource(
    table="local_scheduler",
    path="local_schedulers",
    names=Names.regular("local_scheduler", "local_schedulers"),
    schema=LocalSchedulerModel,
    noun="local scheduler",
    operations=Generic.PLAIN,
    filters=(
        equal("memory", Text("Only schedulers with exactly this memory.")),
        equal("num_cpus", Integer("Only schedulers with this many CPUs.")),
    ),
)
