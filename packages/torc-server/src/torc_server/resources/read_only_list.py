"""Lists of rows that are not records: each row is computed from several tables."""

from collections.abc import Callable
from dataclasses import dataclass

from torc_server.resources.fields import Member, Record, members_of
from torc_server.resources.filtering import Probes, probes_of
from torc_server.store.statement import Statement


@dataclass(frozen=True, slots=True, eq=False)
class ReadOnlyList:
    """Rows of one workflow, read only.

    `rows` has a column for each member of the schema, and the parameter ``:workflow_id``. `keys` are the members that
    identify a row; the first is the default sort key. `count` counts the rows faster than `rows` computes them.

    A list whose rows are pairs also has `page`, for workflows with many more pairs than links. It is called with a sort
    key and ``ASC`` or ``DESC``. It returns a query of the rows from ``:skipped_rows`` on, at most ``:max_rows``, with
    their `position`. Then `count` returns the numbers of pairs and of links.
    """

    path: str
    schema: type[Record]
    rows: Statement
    keys: tuple[str, ...]
    count: Statement | None = None
    page: Callable[[str, str], str] | None = None

    @property
    def members(self) -> dict[str, Member]:
        """The members of a row, in order."""
        return members_of(self.schema)

    @property
    def probes(self) -> Probes:
        """The fields by which it can be filtered."""
        return probes_of("report", tuple(self.members.items()), ())
