"""What is wrong with a spec: all of it at once, each with its place and its remedy."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torc_client.errors import TorcError

MAX_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `place` is a path inside the file such as `jobs[3].depends_on[0]`; empty for the whole file."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class SpecError(TorcError):
    """A spec from which no workflow can be made. `problems` has every reason that was found."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = list(problems)
        lines = [f"{source}: {problem}" for problem in self.problems[:MAX_SHOWN]]
        if len(self.problems) > MAX_SHOWN:
            lines.append(f"{source}: and {len(self.problems) - MAX_SHOWN} more")
        super().__init__("\n".join(lines))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where a known word is close to this one, else nothing."""
    close = difflib.get_close_matches(word, list(_first(known)), n=1, cutoff=0.7)
    return f"; did you mean {close[0]!r}?" if close else ""


def _first(known: Iterable[str], most: int = 2000) -> Iterable[str]:
    """The first words only: comparing with a hundred thousand names would take longer than reading the message."""
    for index, word in enumerate(known):
        if index == most:
            return
        yield word
