"""Members of answers whose type allows None only because requests, or older servers, omit them."""

from typing import Protocol

from torc_client.errors import UnexpectedResponseError


class _WithId(Protocol):
    @property
    def id(self) -> int | None: ...


class _WithRunId(Protocol):
    @property
    def run_id(self) -> int | None: ...


def id_of(record: _WithId) -> int:
    """Return the id of a record that the server answered. Raises UnexpectedResponseError if it has none."""
    if record.id is None:
        raise UnexpectedResponseError(f"The server answered a {type(record).__name__} without id.")
    return record.id


def run_id_of(answer: _WithRunId) -> int:
    """Return the run id of a workflow or its status. Raises UnexpectedResponseError if it has none."""
    if answer.run_id is None:
        raise UnexpectedResponseError(f"The server answered a {type(answer).__name__} without run_id.")
    return answer.run_id


def value_or(member: int | None, default: int) -> int:
    """Return a member of an answer, or its default if the server left it out."""
    return default if member is None else member
