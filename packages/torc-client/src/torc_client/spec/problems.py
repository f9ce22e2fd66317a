"""What is wrong with a spec: all of it at once, each with its place and its remedy."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from torc_client.errors import TorcError
from torc_client.spec.positions import Position, Positions, position_of

MAX_SHOWN = 25
# A job that stands for a hundred thousand repeats its mistake as often; the first few say enough.
MAX_AT_ONE_PLACE = 3
# Comparing with a hundred thousand names would take longer than reading the message.
MAX_COMPARED = 2000
# Shorter parts of words are in too many.
LEAST_PART = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `place` is a path inside the file such as `jobs[3].depends_on[0]`; empty for the whole file.

    `message` is the reason, and after the first semicolon what to do about it. `position` is known where the text is.
    """

    place: str
    message: str
    position: Position | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def line(self, source: str) -> str:
        """Tell it as compilers do: `spec.yaml:3:5: jobs[0].name: must be text`."""
        where = f"{source}:{self.position.line}:{self.position.column}" if self.position else source
        return f"{where}: {self}"

    def facts(self, source: str) -> dict[str, Any]:
        """Tell it to programs."""
        reason, _, fix = self.message.partition("; ")
        position = self.position
        return {
            "file": source,
            "line": position.line if position else None,
            "column": position.column if position else None,
            "place": self.place,
            "reason": reason,
            "fix": fix or None,
        }


def located(problems: Iterable[Problem], positions: Positions) -> list[Problem]:
    """The problems with their positions, in the order of the text."""
    found = [each if each.position else replace(each, position=position_of(each.place, positions)) for each in problems]
    return sorted(found, key=lambda each: each.position or Position(0, 0))


class Problems:
    """Collects what is found on the way, so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._at: Counter[str] = Counter()
        self._told: set[tuple[str, str]] = set()
        self.warnings: list[Problem] = []

    def add(self, place: str, message: str, *, word: str = "", known: Iterable[str] = (), otherwise: str = "") -> None:
        """Note a problem. Where `word` is close to one that is known, the message goes on to say so, or `otherwise`."""
        if (place, message) in self._told:
            return  # by another instance of the same record
        self._at[place] += 1
        if self._at[place] <= MAX_AT_ONE_PLACE:
            self._told.add((place, message))
            hint = did_you_mean(word, known) if word and len(self._found) < MAX_SHOWN else ""
            self._found.append(Problem(place, message + (hint or otherwise)))

    def warn(self, place: str, message: str) -> None:
        """Note what is allowed, but is likely not meant."""
        self.warnings.append(Problem(place, message))

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def raise_for(self, source: str) -> None:
        """Raise SpecError if anything was found."""
        if self._found:
            raise SpecError(source, self._found)


class SpecError(TorcError):
    """A spec from which no workflow can be made. `problems` has every reason that was found."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = list(problems)
        lines = [problem.line(source) for problem in self.problems[:MAX_SHOWN]]
        if len(self.problems) > MAX_SHOWN:
            lines.append(f"{source}: and {len(self.problems) - MAX_SHOWN} more")
        super().__init__("\n".join(lines))

    def with_positions(self, positions: Positions) -> "SpecError":
        """The same error, each problem with its line and column."""
        return SpecError(self.source, located(self.problems, positions))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where a known word is close to this one, else nothing."""
    close = closest(word, known)
    return f"; did you mean {close!r}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that is close to this one, or has it as a part; empty where none is."""
    compared = list(islice(known, MAX_COMPARED))
    close = difflib.get_close_matches(word, compared, n=1, cutoff=0.7)
    if close or len(word) < LEAST_PART:
        return close[0] if close else ""
    parts = (each for each in compared if word in each or (len(each) >= LEAST_PART and each in word))
    return min(parts, key=len, default="")
