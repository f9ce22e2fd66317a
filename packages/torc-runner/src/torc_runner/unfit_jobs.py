"""Ready jobs that cannot run on a node, and the reason. Pure."""

from typing import NamedTuple

from torc_client.text import count


class UnfitJobs(NamedTuple):
    """Jobs of one kind: with the same requirements and labels."""

    requirements_name: str
    num_jobs: int
    reason: str
    """What a job needs that the node has not: "needs 64 CPUs, this node has 2"."""

    def in_words(self) -> str:
        """Return the kind, the number of jobs and the reason."""
        return f"{self.requirements_name} ({count('job', self.num_jobs)}): {self.reason}"
