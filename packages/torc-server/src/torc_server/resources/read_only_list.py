"""A report: rows that are no records, since they are made of several tables, with the shape of a list."""

from dataclasses import dataclass

from torc_server.resources.fields import Member, Record, members_of
from torc_server.store.statement import Statement


@dataclass(frozen=True, slots=True, eq=False)
class ReadOnlyList:
    """Rows of one workflow, read only.

    `rows` has a column for each member of the schema, and takes ``:workflow_id``. `keys` are the members that put the
    rows into one order; the first is what they are sorted by unless somebody asks for another. `count` is a cheaper
    way to count the rows than to make them all.
    """

    path: str
    schema: type[Record]
    rows: Statement
    keys: tuple[str, ...]
    count: Statement | None = None

    @property
    def members(self) -> dict[str, Member]:
        """The members of a row, in order."""
        return members_of(self.schema)
