"""What Slurm reports about the jobs of this user, and about the nodes of each partition."""

from torc_client.batch.slurm.programs import run
from torc_client.batch.system import PartitionNodes, QueuedJob

# The job id, partition, state, reason or nodes, expected or real start, time left, number of nodes, name. The name is
# free text, so it is last.
_MINE = ("squeue", "--me", "--noheader", "--array", "--format=%i|%P|%T|%R|%S|%L|%D|%j")
_NODES = ("sinfo", "--noheader", "--format=%R|%a|%F")


def own_queue(time_limit_seconds: float) -> list[QueuedJob]:
    """Return the jobs of this user in the order of Slurm. Raises SlurmError."""
    found = []
    for line in run(_MINE, time_limit_seconds).splitlines():
        fields = line.split("|", 7)
        if len(fields) == 8:
            job, partition, state, reason, start, left, nodes, name = fields
            found.append(QueuedJob(job, name, partition, state, _known(reason), _known(start), _known(left), nodes))
    return found


def partition_nodes(time_limit_seconds: float) -> dict[str, PartitionNodes]:
    """Return the numbers of nodes of each partition by its name. Raises SlurmError."""
    found = {}
    for line in run(_NODES, time_limit_seconds).splitlines():
        name, _, rest = line.strip().partition("|")
        state, _, counts = rest.partition("|")
        numbers = [int(each) for each in counts.split("/") if each.isdigit()]
        if len(numbers) == 4:
            found[name] = PartitionNodes(name, state == "up", *numbers)
    return found


def _known(text: str) -> str:
    return "" if text in {"N/A", "None", "(None)", "(null)"} else text
