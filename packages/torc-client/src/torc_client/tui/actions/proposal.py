"""What an action is about to do, as data for a dialog. Pure."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ProposalField:
    """A value that the user may give. `check` raises ValueError, whose text is shown, for one that is not valid."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    check: Callable[[str], object] | None = None

    def problem(self, text: str) -> str:
        """Return why a value is refused; empty if it is accepted. An empty value is."""
        if self.check is None or not text:
            return ""
        try:
            self.check(text)
        except ValueError as error:
            return f"{self.label}: {error}"
        return ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an action will do.

    `lines` are sentences. `verb` is the text of the button that does it. `confirm_word` must be typed first, if there
    is one. `is_dangerous`: something that runs is stopped, or something is lost. `refusal` is why it cannot be done
    now. `needs_value`: without a value in any field there is nothing to do.
    """

    title: str
    lines: tuple[str, ...]
    verb: str = "OK"
    confirm_word: str = ""
    is_dangerous: bool = False
    refusal: str = ""
    fields: tuple[ProposalField, ...] = ()
    needs_value: bool = False

    def problem(self, values: Mapping[str, str]) -> str:
        """Return why these values of the fields cannot be used; empty if they can."""
        problems = [each.problem(values.get(each.name, "")) for each in self.fields]
        if found := next(filter(None, problems), ""):
            return found
        return "Fill in a field." if self.needs_value and not any(values.values()) else ""


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did, in a sentence. `is_trouble`: not all of it was done."""

    sentence: str
    is_trouble: bool = False
    workflow_id: int | None = None
    """The workflow that was created."""


@dataclass(frozen=True, slots=True)
class TorcProgram:
    """A `torc` command to run as a child, in a folder; None is the current directory."""

    title: str
    arguments: tuple[str, ...]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A proposal, and the function that does it with the values of the fields. It raises TorcError."""

    proposal: Proposal
    perform: Callable[[Mapping[str, str]], Awaitable[Done | TorcProgram]]


@dataclass(frozen=True, slots=True)
class Target:
    """What an action is for: workflows, or jobs of one workflow."""

    workflow_ids: tuple[int, ...] = ()
    job_ids: tuple[int, ...] = field(default=())

    @property
    def workflow_id(self) -> int:
        """The only workflow."""
        return self.workflow_ids[0]


def whole_number(text: str, least: int | None = None) -> int:
    """Return the number that a field holds. Raises ValueError with the text to show."""
    try:
        number = int(text)
    except ValueError:
        raise ValueError(f"not a whole number: {text}") from None
    if least is not None and number < least:
        raise ValueError(f"at least {least}")
    return number


def named(names: Sequence[str], *, most: int = _NAMES_SHOWN) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def jobs_text(number: int) -> str:
    """Return a number of jobs in words, with separators: a workflow can have a million."""
    return f"{number:,} job{'' if number == 1 else 's'}"


def run_text(number: int) -> str:
    """Return how many jobs run, as the beginning of a sentence."""
    return f"{jobs_text(number)} run{'s' if number == 1 else ''}"
