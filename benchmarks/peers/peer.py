"""The interface of a peer."""

from pathlib import Path
from typing import Protocol


class Peer(Protocol):
    """A program that runs commands."""

    @property
    def name(self) -> str:
        """Name in the table."""

    @property
    def target(self) -> float:
        """Target for the ratio of the rates of Torc and this program."""

    @property
    def is_slow(self) -> bool:
        """Whether it needs minutes where others need seconds. It then runs a part of the jobs."""

    def seconds(self, cache: Path, directory: Path, jobs: int, at_once: int) -> float:
        """Run the jobs in an empty directory; return the seconds from submission to the last recorded result.

        Raises NotMeasured if it is not available.
        """
