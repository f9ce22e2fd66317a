"""The latest turns of the machine, for the log in case of an error. Pure."""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import fields

from torc_runner.machine.events import Event
from torc_runner.machine.instructions import Instruction
from torc_runner.machine.job import ClaimedJob

HISTORY_LENGTH = 200


class Turn(Struct, frozen=True):
    """One call of `RunnerState.handle`: when, its events, and the instructions that followed."""

    now: float
    events: tuple[Event, ...]
    instructions: list[Instruction]

    def line(self) -> str:
        """Describe the turn in one line. Of jobs only the ids are shown: their environment may hold secrets."""
        return f"{self.now:.3f} {_described(self.events)} -> {_described(self.instructions)}"


def _described(items: Iterable[Struct]) -> str:
    return ", ".join(map(_shown, items)) or "nothing"


def _shown(item: Struct) -> str:
    members = ((field.name, getattr(item, field.name)) for field in fields(item))
    texts = [f"{name}={text}" for name, value in members if (text := _value(value)) is not None]
    return f"{type(item).__name__}({', '.join(texts)})"


def _value(value: object) -> str | None:  # noqa: PLR0911  one flat case for each type
    match value:
        case ClaimedJob():
            return str(value.job_id)
        case Enum():
            return value.name
        case bool() | int():
            return str(value)
        case float():
            return f"{value:.3f}"
        case tuple() | frozenset():
            return f"[{len(value)}]" if value else None
        case Struct():
            return _shown(value)
        case _:
            return None
