"""An action as data. It runs one command of `torc`, so that what a page does and what it lets the reader copy agree."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from torc_client.api.records import WorkflowModel, WorkflowStatusResponse
from torc_dash import addresses

# A value is a word of a command, for which Linux has a limit of 128 KiB.
MOST_CHARACTERS = 100_000
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


class FieldKind(StrEnum):
    """Which form field a value gets."""

    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True)
class ActionField:
    """A value that the reader may give. `option` is the option of the command; `least` the smallest number."""

    name: str
    label: str
    option: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    least: float = 0


@dataclass(frozen=True)
class Situation:
    """The workflow that an action is for, its status, and the selected jobs: their ids, or a filter.

    `runs_here`: a task of this dashboard runs it.
    """

    workflow: WorkflowModel
    status: WorkflowStatusResponse
    job_ids: tuple[int, ...] = ()
    filter: str = ""
    group: str = ""
    runs_here: bool = False

    @property
    def id(self) -> int:
        """The id of the workflow."""
        return self.status.workflow_id

    @property
    def selects_jobs(self) -> bool:
        """Whether some jobs are selected."""
        return bool(self.job_ids or self.filter or self.group)


@dataclass(frozen=True)
class Action:
    """Something that can be done to a workflow, or to selected jobs of it.

    `effect` says what it does, as a sentence. `arguments` returns the words of the command before the options of the
    fields. `dry_run` are the words that make the command say what it would do, without a change; the preview shows its
    output. `refusal` returns why the action cannot be done now, empty if it can. `says` returns further sentences of
    the preview. With `deletes`, the reader must type the name of a large workflow.
    `stops`: it ends what runs. `button` is the text of the button, by default the title.
    `needs_values`: without a value of a field there is nothing to do. `is_quick`: the dry run does not read all jobs.
    `page` returns the address of a page of its own, for the id of a workflow, and `back` that of the page to return to.
    `most_jobs` is the largest selection for which it ends soon enough.
    """

    name: str
    title: str
    effect: str
    arguments: Callable[[Situation], Sequence[str]]
    fields: tuple[ActionField, ...] = ()
    dry_run: tuple[str, ...] = ()
    refusal: Callable[[Situation], str] = field(default=lambda _: "")
    says: Callable[[Situation], Sequence[str]] = field(default=lambda _: ())
    is_of_jobs: bool = False
    deletes: bool = False
    stops: bool = False
    button: str = ""
    needs_values: bool = False
    is_quick: bool = False
    is_for_nodes: bool = False
    page: Callable[[int], str] | None = None
    back: Callable[[int], str] = addresses.workflow
    most_jobs: int | None = None


class FieldError(ValueError):
    """A value of the form is not valid. The text says which, and what is expected."""


def options_of(action: Action, values: Mapping[str, str]) -> list[str]:
    """Return the options of the command for the values of the form. Raises FieldError."""
    return options_of_fields(action.fields, values)


def options_of_fields(fields: Sequence[ActionField], values: Mapping[str, str]) -> list[str]:
    """Return the options for the values of some fields. Raises FieldError."""
    options: list[str] = []
    for one in fields:
        text = values.get(one.name, "").strip()
        if not text:
            continue
        if one.kind is FieldKind.FLAG:
            options.append(one.option)
            continue
        if "\0" in text or len(text) > MOST_CHARACTERS:
            raise FieldError(f"{one.label}: at most {MOST_CHARACTERS:,} characters, without a NUL.")
        if one.kind is FieldKind.NUMBER and not _is_number(text, one.least):
            raise FieldError(f"{one.label}: {text!r} is not a number of at least {one.least:g}.")
        # One word for option and value, so that a value that begins with a dash is not taken for an option.
        options.append(f"{one.option}={text}")
    return options


def _is_number(text: str, least: float) -> bool:
    return _NUMBER.fullmatch(text) is not None and float(text) >= least
