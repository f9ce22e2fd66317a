"""Declaration of a resource: columns, lists, operations and the OpenAPI document are made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Flag, auto
from typing import Any, Self

from torc_server.engine.ids import WorkflowId
from torc_server.resources.fields import Member, Record, members_of
from torc_server.resources.filtering import Probe, Probes, probes_of
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that filters a list. `condition` is SQL over the table, with the parameter by its name.

    The filter applies only to the values in `when`, if given: ``is_output=false`` selects all. `default` is the value
    of an absent parameter. `extension`: only this server has the parameter. `takes_empty`: an empty text is a value.
    """

    name: str
    member: Member
    condition: str
    when: tuple[Any, ...] | None = None
    default: Any = None
    extension: bool = False
    takes_empty: bool = False


# The filters of a list of all records of a workflow.
OF_WORKFLOW = frozenset({"workflow_id"})


def equal(name: str, member: Member, column: str | None = None) -> Filter:
    """Make a filter for rows whose column has this value."""
    return Filter(name, member, f"{column or name} = :{name}")


def contains(name: str, member: Member) -> Filter:
    """Make a filter for rows whose column contains the text, ignoring the case of ASCII letters."""
    return Filter(name, member, f"instr(lower({name}), lower(:{name})) > 0")


class Generic(Flag):
    """The generic operations of a resource."""

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
    """The names of the operations and components of a resource, which are irregular for some resources."""

    one: str
    many: str
    delete_one: str
    delete_all: str
    create_many: str = ""
    bulk_model: str = ""
    bulk_answer: str = ""

    @classmethod
    def regular(cls, one: str, many: str) -> Self:
        """Make the names of a resource without irregular ones."""
        return cls(one, many, delete_one=f"delete_{one}", delete_all=f"delete_{many}")


# Rules of a resource. Each function is named after its effect and is in the module of the resource.
# Called with new records of one workflow before they are stored.
PrepareNew = Callable[[Transaction, Sequence[Body], datetime], Sequence[Body]]
# Called with the ids and bodies of new records, in the same order.
AttachNew = Callable[[Transaction, Sequence[int], Sequence[Body]], None]
# Called with the stored record and the body of the update.
PrepareChange = Callable[[Transaction, Body, Body], Body]
# Called with the stored record, after a change or before a deletion.
ChangedRule = Callable[[Transaction, Body], None]
# Called before or after the deletion of all records of a workflow.
DeleteAllRule = Callable[[Transaction, WorkflowId], None]


# Compared by identity, because resources are keys of caches and comparing all members would be slow.
@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A type of records.

    - `belongs_to_workflow`: records are deleted with their workflow, and users of the workflow can access them.
      `below_workflow`: listing and deleting all are at ``/workflows/{id}/<path>``, not at ``/<path>?workflow_id=``.
    - `hides_foreign`: records of workflows that the caller may not use are reported as missing.
    - `sortable`: clients can choose the order of the list. `extension`: only this server has it; not in the contract.
    - `tallies`: statements that read stored counts of rows, by the names of the filters of a list.
    - `more_probes`: fields of the parameter `filter` beside the stored members.
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
    hides_foreign: bool = False
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
    more_probes: Mapping[str, Probe] = field(default_factory=dict)

    @property
    def probes(self) -> Probes:
        """The fields by which its list can be filtered."""
        return probes_of(self.table, tuple(self.members.items()), tuple(self.more_probes.items()))

    @property
    def members(self) -> Mapping[str, Member]:
        """The members of the record, in order."""
        return members_of(self.schema)

    @property
    def with_article(self) -> str:
        """The noun with its article."""
        return f"{'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"

    @property
    def has_relations(self) -> bool:
        """Whether a list has more members with ``include_relationships``."""
        columns = [each.column for each in self.members.values()]
        return any(column.is_relation and not column.only_named for column in columns)

    @property
    def has_progress(self) -> bool:
        """Whether a list has the progress of its records with ``with_progress``."""
        return "progress" in self.members
