"""What a peer is."""

from pathlib import Path
from typing import Protocol


class Peer(Protocol):
    """A program that runs commands."""

    @property
    def name(self) -> str:
        """What it is called in the table."""

    @property
    def target(self) -> float:
        """How many times its rate Torc should reach."""

    @property
    def is_slow(self) -> bool:
        """Whether it would take minutes for what others do in seconds: then it is given a part of the jobs."""

    def seconds(self, cache: Path, directory: Path, jobs: int, at_once: int) -> float:
        """Run the jobs in an empty directory; gives the seconds from handing them in to the last recorded result.

        Raises NotMeasured where it cannot be had.
        """
