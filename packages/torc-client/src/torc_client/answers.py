"""The id that every record in an answer has, although the type allows None because requests omit it."""

from typing import Protocol

from torc_client.errors import UnexpectedResponseError


class _WithId(Protocol):
    @property
    def id(self) -> int | None: ...


def id_of(record: _WithId) -> int:
    """Return the id of a record that the server answered. Raises UnexpectedResponseError if it has none."""
    if record.id is None:
        raise UnexpectedResponseError(f"The server answered a {type(record).__name__} without id.")
    return record.id
