"""Changes of rows as data: recorded first, applied later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction


class ChangeType(StrEnum):
    """Whether rows are inserted, deleted or updated."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table of which rows are copied, and its key.

    `scope` is a condition on the table, in which the original database is called ``source``. `compared` are the columns
    that the work may change; by default all but the key.
    """

    table: str
    key: tuple[str, ...]
    scope: str
    compared: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Inserted, deleted or updated rows of one table. `columns` has the order of the values of a row."""

    table: str
    change_type: ChangeType
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def to_text(self) -> str:
        """Encode the change as text."""
        return json.dumps([self.table, self.change_type, self.key, self.columns, self.rows], default=_as_hexadecimal)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Decode the result of `to_text`."""
        table, change_type, key, columns, rows = json.loads(text, object_hook=_from_hexadecimal)
        return cls(table, ChangeType(change_type), tuple(key), tuple(columns), rows)

    def apply(self, tx: Transaction) -> None:
        """Apply the change."""
        where = " AND ".join(f"{name} = :{name}" for name in self.key)
        text = {
            ChangeType.INSERT: f"INSERT INTO {self.table} ({', '.join(self.columns)})"  # noqa: S608 - names of tables of the schema
            f" VALUES ({', '.join(':' + name for name in self.columns)})",
            ChangeType.UPDATE: f"UPDATE {self.table} SET {', '.join(f'{name} = :{name}' for name in self.columns)}"  # noqa: S608 - as above
            f" WHERE {where}",
            ChangeType.DELETE: f"DELETE FROM {self.table} WHERE {where}",  # noqa: S608 - as above
        }[self.change_type]
        tx.execute_many(ReplayStatement(text), (dict(zip(self.columns, row, strict=True)) for row in self.rows))


class ReplayStatement(Statement):
    """A statement that applies a logged change. It is composed of names of tables and columns, and not declared."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Compose a statement."""
        statement = str.__new__(cls, text)
        statement.hot = False
        return statement


def _as_hexadecimal(value: bytes) -> dict[str, str]:
    return {"hexadecimal": value.hex()}


def _from_hexadecimal(value: dict[str, str]) -> bytes:
    return bytes.fromhex(value["hexadecimal"])
