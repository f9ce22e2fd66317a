"""Problems of a spec: all of them at once, each with its code, its place, its reason and its fix."""

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from torc_client.errors import TorcError
from torc_client.spec.codes import Code
from torc_client.spec.positions import Position, Positions, position_of

MAX_SHOWN = 25
# A job with 100,000 instances repeats its mistake for each instance. The first ones are enough.
MAX_AT_ONE_PLACE = 3
# A comparison with 100,000 names would take longer than reading the message.
MAX_COMPARED = 2000
# A reason or fix may quote a value of any length. More than this of it is shortened in the middle.
MAX_CHARACTERS = 500
# Shorter parts of words occur in too many names.
MIN_PART = 3


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a value, without its place.

    `reason` describes the value, for example "must be text, not 3". `fix` is an imperative or a question that begins in
    lower case, or empty where no fix is known.
    """

    code: Code
    reason: str
    fix: str = ""


class ComplaintError(ValueError):
    """A text or value that cannot be used; `complaint` describes it."""

    def __init__(self, code: Code, reason: str, fix: str = "") -> None:
        super().__init__(in_words(reason, fix))
        self.complaint = Complaint(code, reason, fix)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a spec.

    `code` is the rule, such as SPEC012. `place` is a path inside the file, such as `jobs[3].depends_on[0]`; empty for
    the whole file. `reason` says what is wrong, and `fix` what to do; `fix` is empty if it is not known. `position` is
    the line and column, if they are known. A warning is about what is allowed, but is probably a mistake.
    """

    code: Code
    place: str
    reason: str
    fix: str = ""
    position: Position | None = None
    is_warning: bool = False

    @property
    def message(self) -> str:
        """Reason and fix in one line."""
        return in_words(self.reason, self.fix)

    def __str__(self) -> str:
        return f"{_shortened(self.place)}: {self.message}" if self.place else self.message

    def line(self, source: str) -> str:
        """Return the problem in the form of compilers: `spec.yaml:3:5: jobs[0].name: must be text [SPEC010]`."""
        where = f"{source}:{self.position.line}:{self.position.column}" if self.position else source
        return f"{where}: {self} [{self.code}]"

    def facts(self, source: str) -> dict[str, Any]:
        """Return the problem as JSON for programs."""
        position = self.position
        return {
            "file": source,
            "line": position.line if position else None,
            "column": position.column if position else None,
            "code": self.code.number,
            "place": self.place,
            "reason": self.reason,
            "fix": self.fix or None,
        }


def in_words(reason: str, fix: str) -> str:
    """Return reason and fix in one line."""
    reason, fix = _shortened(reason), _shortened(fix)
    return f"{reason}; {fix}" if fix else reason


def _shortened(text: str) -> str:
    half = MAX_CHARACTERS // 2
    return text if len(text) <= MAX_CHARACTERS else f"{text[:half]} [...] {text[-half:]}"


def located(problems: Iterable[Problem], positions: Positions) -> list[Problem]:
    """Return the problems with their positions, in the order of the text."""
    found = [each if each.position else replace(each, position=position_of(each.place, positions)) for each in problems]
    return sorted(found, key=lambda each: each.position or Position(0, 0))


class Problems:
    """Collects the problems of a spec, so that all of them are reported at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._at: Counter[str] = Counter()
        self._reported: set[tuple[str, str]] = set()
        self._warned: set[tuple[str, str]] = set()
        self.warnings: list[Problem] = []

    def add(self, code: Code, place: str, reason: str, fix: str = "") -> None:
        """Add a problem."""
        self.add_problem(Problem(code, place, reason, fix))

    def add_complaint(self, place: str, complaint: Complaint) -> None:
        """Add what is wrong with the value at `place`."""
        self.add(complaint.code, place, complaint.reason, complaint.fix)

    def add_problem(self, problem: Problem) -> None:
        """Add a problem that another step found."""
        if problem.is_warning:
            self.warnings.append(problem)
        elif self._counts(problem.place, problem.reason):
            self._found.append(problem)

    def add_unknown(
        self, code: Code, place: str, reason: str, *, word: str, known: Iterable[str], otherwise: str = ""
    ) -> None:
        """Add a problem with an unknown `word`. The fix is the `known` word that is similar, else `otherwise`."""
        if self._counts(place, reason):
            close = closest(word, known) if len(self._found) < MAX_SHOWN else ""
            alike = _looks_like(word, known) if len(self._found) < MAX_SHOWN else ""
            fix = f"did you mean {alike!a}, not {word!a}?" if alike else did_you_mean(close) or otherwise
            self._found.append(Problem(code, place, reason, fix))

    def _counts(self, place: str, reason: str) -> bool:
        """Return whether to report the problem: not if other instances of the same record have it already."""
        if (place, reason) in self._reported:
            return False
        self._at[place] += 1
        if self._at[place] > MAX_AT_ONE_PLACE:
            return False
        self._reported.add((place, reason))
        return True

    def warn(self, code: Code, place: str, reason: str, fix: str = "") -> None:
        """Add a warning: what is allowed, but is probably a mistake."""
        self.warnings.append(Problem(code, place, reason, fix, is_warning=True))

    def warn_once(self, code: Code, place: str, reason: str, fix: str = "") -> None:
        """Add a warning, unless another instance of the same record has one for this rule at this place."""
        if (place, code.number) not in self._warned:
            self._warned.add((place, code.number))
            self.warn(code, place, reason, fix)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def raise_for(self, source: str) -> None:
        """Raise SpecError if there is a problem."""
        if self._found:
            raise SpecError(source, self._found)


class SpecError(TorcError):
    """A spec has problems, so no workflow can be created from it. `problems` has all of them."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = list(problems)
        lines = [problem.line(source) for problem in self.problems[:MAX_SHOWN]]
        if len(self.problems) > MAX_SHOWN:
            lines.append(f"{source}: and {len(self.problems) - MAX_SHOWN} more")
        super().__init__("\n".join(lines))

    def with_positions(self, positions: Positions) -> "SpecError":
        """Return the same error with line and column of each problem."""
        return SpecError(self.source, located(self.problems, positions))


def _looks_like(word: str, known: Iterable[str]) -> str:
    """Return the known word that is shown in the same way: with combining marks, or with blanks at its ends."""
    shown = _shown(word)
    return next((each for each in islice(known, MAX_COMPARED) if _shown(each) == shown), "")


def _shown(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip()


def did_you_mean(word: str) -> str:
    """Return the question whether `word` was meant; empty for an empty word."""
    return f"did you mean {word!r}?" if word else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is similar to `word`, contains it or is a part of it; empty if there is none."""
    compared = list(islice(known, MAX_COMPARED))
    close = difflib.get_close_matches(word, compared, n=1, cutoff=0.7)
    if close or len(word) < MIN_PART:
        return close[0] if close else ""
    parts = (each for each in compared if word in each or (len(each) >= MIN_PART and each in word))
    return min(parts, key=len, default="")
