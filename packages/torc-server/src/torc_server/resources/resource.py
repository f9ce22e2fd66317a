"""A kind of record, declared once: from it follow columns, lists, operations, the document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Flag, auto
from typing import Any, Self

from torc_server.engine.ids import WorkflowId
from torc_server.resources.fields import Member, Record, members_of
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that narrows a list: `condition` is SQL over the table, with the parameter by its name.

    `when` says for which values it holds: ``is_output=false`` means "any". `default` is the value when absent.
    """

    name: str
    member: Member
    condition: str
    when: tuple[Any, ...] | None = None
    default: Any = None


# The filters of a list of all records of a workflow.
OF_WORKFLOW = frozenset({"workflow_id"})


def equal(name: str, member: Member, column: str | None = None) -> Filter:
    """Keep the rows whose column has exactly this value."""
    return Filter(name, member, f"{column or name} = :{name}")


def contains(name: str, member: Member) -> Filter:
    """Keep the rows whose column has the text in it, ASCII case aside."""
    return Filter(name, member, f"instr(lower({name}), lower(:{name})) > 0")


class Generic(Flag):
    """The operations that a resource gets for nothing."""

    LIST = auto()
    CREATE = auto()
    BULK = auto()
    DELETE_ALL = auto()
    GET = auto()
    UPDATE = auto()
    DELETE = auto()
    PLAIN = LIST | CREATE | DELETE_ALL | GET | UPDATE | DELETE
    WITH_BULK = PLAIN | BULK


@dataclass(frozen=True, slots=True)
class Names:
    """The words of the resource's operations and components, where the contract's are not regular."""

    one: str
    many: str
    delete_one: str
    delete_all: str
    create_many: str = ""
    bulk_model: str = ""
    bulk_answer: str = ""

    @classmethod
    def regular(cls, one: str, many: str) -> Self:
        """Make the words of a resource that has no irregular ones."""
        return cls(one, many, delete_one=f"delete_{one}", delete_all=f"delete_{many}")


# Rules that a resource adds; each is named after what it does and stands in the resource's file.
# New records, before they are stored: all of one call belong to one workflow.
PrepareNew = Callable[[Transaction, Sequence[Body], datetime], Sequence[Body]]
# New records, once they have their ids, in the same order.
AttachNew = Callable[[Transaction, Sequence[int], Sequence[Body]], None]
# A change to one record: what is stored, and what the client sent.
PrepareChange = Callable[[Transaction, Body, Body], Body]
# One stored record, after a change or before it goes.
ChangedRule = Callable[[Transaction, Body], None]
# All of a workflow's records, before or after they go.
DeleteAllRule = Callable[[Transaction, WorkflowId], None]


# One of a kind, so that it is equal to itself alone: statements are remembered by it, and its members are many.
@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A kind of record.

    - `belongs_to_workflow`: it goes with its workflow, and whoever may use that may use it. `below_workflow`: its list
      and the deletion of all stand at ``/workflows/{id}/<path>``, not at ``/<path>?workflow_id=``.
    - `sortable`: whether clients choose the order of the list. `extension`: ours, and no part of the contract.
    - `tallies`: statements that read stored counts of rows, by the names of a list's filters.
    """

    table: str
    path: str
    names: Names
    schema: type[Record]
    noun: str
    operations: Generic
    filters: tuple[Filter, ...] = ()
    belongs_to_workflow: bool = True
    below_workflow: bool = False
    sortable: bool = True
    extension: bool = False
    prepare_new: PrepareNew | None = None
    attach_new: AttachNew | None = None
    prepare_change: PrepareChange | None = None
    after_change: ChangedRule | None = None
    before_delete: ChangedRule | None = None
    after_delete: DeleteAllRule | None = None
    before_delete_all: DeleteAllRule | None = None
    after_delete_all: DeleteAllRule | None = None
    tallies: Mapping[frozenset[str], Statement] = field(default_factory=dict)

    @property
    def members(self) -> Mapping[str, Member]:
        """The record's members, in order."""
        return members_of(self.schema)

    @property
    def with_article(self) -> str:
        """Its noun, with the article."""
        return f"{'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"

    @property
    def has_relations(self) -> bool:
        """Whether a list can show more with ``include_relationships``."""
        return any(each.relation for each in self.members.values())
