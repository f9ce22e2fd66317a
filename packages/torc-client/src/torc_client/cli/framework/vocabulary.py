"""What the OpenAPI document and `torc_client/vocabulary` do not say about record types: options, verbs, shapes.

One `ResourceSpec` for each group of resource commands. `resource_groups.py` makes the groups.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torc_client import text
from torc_client.cli.framework import shapes
from torc_client.cli.framework.results import PLAIN, Column, Shape
from torc_client.event_words import event_sentence
from torc_client.limit_words import limit
from torc_client.vocabulary import records
from torc_client.vocabulary.words import ColumnKind, ColumnWords, RecordWords


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """A flag of `list` that the client applies: it keeps the records for which `predicate` is true."""

    flag: str
    help: str
    predicate: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class ResourceSpec:
    """One record type on the command line, with the words of all front ends.

    `flags` renames options of `list`. `filters` are flags of `list` that the server does not know. `verbs` are the
    commands beside list and get. `members` maps the members that `create` and `update` set to their flags; without
    it, all members of the document have one. `update_members` replaces `members` for `update`. `defaults` are the
    values that `create` sends for members without an option. `id_member` is the member of JSON output that has the
    id; its default is made from `singular`. `update_note` and `delete_note` are appended to the help of `update` and
    of `delete`. `shape` applies to JSON output of each record. With `is_deleted_as_list`, JSON of `delete` does not
    have the members of a single deleted record. `checks` return what is wrong with the value of a member that the
    server does not check; empty if nothing is. With `has_names_in_jobs`, the command of a job may give the name of a
    record instead of its id.
    """

    words: RecordWords
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filters: tuple[ClientFilter, ...] = ()
    verbs: tuple[str, ...] = ("create", "update", "delete", "delete-all")
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    update_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    id_member: str = ""
    update_note: str = ""
    delete_note: str = ""
    shape: Shape = PLAIN
    is_deleted_as_list: bool = False
    checks: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    has_names_in_jobs: bool = False

    @property
    def tag(self) -> str:
        """The tag of the document."""
        return self.words.tag

    @property
    def group(self) -> str:
        """The name of its group of commands."""
        return self.tag.replace("_", "-")

    @property
    def singular(self) -> str:
        """The noun for one record."""
        return self.words.singular

    @property
    def plural(self) -> str:
        """The noun for records."""
        return self.words.plural

    @property
    def list_operation(self) -> str:
        """The operation that lists records."""
        return self.words.list_operation

    @property
    def get_operation(self) -> str:
        """The operation that returns one record; empty without one."""
        return self.words.get_operation

    @property
    def when_empty(self) -> str:
        """The text that is printed where a list is empty."""
        return self.words.when_empty

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of tables."""
        return tuple(_column(each) for each in self.words.columns if each.cli)

    @property
    def more_columns(self) -> tuple[Column, ...]:
        """The columns that tables have only if they are asked for."""
        return tuple(_column(each) for each in self.words.columns if not (each.cli or each.joined))

    def operation_of(self, client: Any, workflow_id: int) -> Callable[..., Any]:
        """Return the client's operation that lists the records of a workflow."""
        return self.words.operation_of(client, workflow_id)

    @property
    def id_name(self) -> str:
        """The member that has the id of the record in JSON output: `job_id`, `file_id`."""
        words = self.singular.removesuffix(" record").lower().replace("-", "_").split()
        return self.id_member or f"{'_'.join(words)}_id"


def _minutes(minutes: float) -> str:
    return text.duration(minutes * 60)


# How kinds of columns are written, if not unchanged, and which are on the right.
_TEXTS: Mapping[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.TIME: text.timestamp,
    ColumnKind.AGO: text.timestamp,
    ColumnKind.EVENT_TIME: shapes.event_time,
    ColumnKind.SIZE: text.size,
    ColumnKind.GIB: text.rounded,
    ColumnKind.MINUTES: _minutes,
    ColumnKind.SECONDS: text.duration,
    ColumnKind.LIMIT: limit,
    ColumnKind.PERCENT: text.percent,
    ColumnKind.WORDS: ", ".join,
    ColumnKind.EVENT: event_sentence,
}
_RIGHT = frozenset(
    {
        ColumnKind.NUMBER,
        ColumnKind.JOB,
        ColumnKind.SIZE,
        ColumnKind.GIB,
        ColumnKind.MINUTES,
        ColumnKind.SECONDS,
        ColumnKind.PERCENT,
    }
)
# What may be long. Ids, statuses, times and the like are never shortened.
_SHORTENED = frozenset({ColumnKind.TEXT, ColumnKind.LIMIT, ColumnKind.CODE, ColumnKind.WORDS, ColumnKind.JSON,
                         ColumnKind.EVENT})  # fmt: skip


def _column(words: ColumnWords) -> Column:
    return Column(
        words.heading,
        words.member,
        _TEXTS.get(words.kind),
        right=words.kind in _RIGHT,
        title=words.title,
        value=words.value,
        if_any=words.if_any,
        whole=words.kind not in _SHORTENED,
        wraps=words.kind is ColumnKind.EVENT,
    )


JOBS = ResourceSpec(
    records.JOBS,
    flags={"status": ("-s", "--status")},
    verbs=("create", "delete", "delete-all"),
    members={"name": ("-n", "--name"), "command": ("-c", "--command"),
             "resource_requirements_id": ("-r", "--resource-requirements-id"),
             "depends_on_job_ids": ("-b", "--blocking-job-ids"), "input_file_ids": ("-i", "--input-file-ids"),
             "output_file_ids": ("-o", "--output-file-ids"), "priority": ("--priority",), "labels": ("--label",)},
    delete_note="Jobs that depend on a deleted job no longer wait for it. Pending and running jobs are not deleted.",
    is_deleted_as_list=True,
)  # fmt: skip
FILES = ResourceSpec(
    records.FILES,
    members={"name": ("-n", "--name"), "path": ("-p", "--path")},
)  # fmt: skip
USER_DATA = ResourceSpec(
    records.USER_DATA,
    flags={"offset": ("-o", "--offset")},
    members={"name": ("-n", "--name"), "data": ("-d", "--data"), "is_ephemeral": ("--ephemeral",)},
    has_names_in_jobs=True,
)  # fmt: skip
RESOURCE_REQUIREMENTS = ResourceSpec(
    records.RESOURCE_REQUIREMENTS,
    members={"name": ("-n", "--name"), "num_cpus": ("--num-cpus",), "num_gpus": ("--num-gpus",),
             "num_nodes": ("--num-nodes",), "memory": ("-m", "--memory"), "runtime": ("-r", "--runtime")},
    id_member="resource_requirement_id",
)  # fmt: skip
COMPUTE_NODES = ResourceSpec(
    records.COMPUTE_NODES,
    flags={"offset": ("-o", "--offset"), "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort"),
           "scheduled_compute_node_id": ("--scheduled-compute-node",)},
    verbs=(),
)  # fmt: skip
RESULTS = ResourceSpec(
    records.RESULTS,
    flags={"job_id": ("-j", "--job-id"), "run_id": ("-r", "--run-id"), "status": ("-s", "--status"),
           "compute_node_id": ("--compute-node",)},
    filters=(ClientFilter("--failed", "Only results with a return code other than 0.",
                          lambda result: result.return_code != 0),),
    verbs=("delete",),
)  # fmt: skip
EVENTS = ResourceSpec(
    records.EVENTS,
    flags={"category": ("-t", "--type", "--category"), "offset": ("-o", "--offset"),
           "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort")},
    verbs=("create", "delete"),
    members={"data": ("-d", "--data")},
    defaults={"timestamp": 0},
    shape=shapes.EVENT,
)  # fmt: skip
SCHEDULED_COMPUTE_NODES = ResourceSpec(
    records.SCHEDULED_COMPUTE_NODES,
    flags={"offset": ("-o", "--offset"), "sort_by": ("-s", "--sort-by"), "reverse_sort": ("-r", "--reverse-sort")},
    verbs=(),
)  # fmt: skip
FAILURE_HANDLERS = ResourceSpec(records.FAILURE_HANDLERS)
LOCAL_SCHEDULERS = ResourceSpec(records.LOCAL_SCHEDULERS)
RO_CRATE = ResourceSpec(
    records.RO_CRATE,
    verbs=("create", "update", "delete"),
)  # fmt: skip
_SCHEDULER_MEMBERS = {"account": ("-a", "--account"), "gres": ("-g", "--gres"), "mem": ("-m", "--mem"),
                      "partition": ("-p", "--partition"), "qos": ("-q", "--qos"), "tmp": ("-t", "--tmp"),
                      "extra": ("-e", "--extra"),
                      "serialize_allocations": ("--serialize-allocations",)}  # fmt: skip


def _no_walltime(text: str) -> str:
    from torc_client.spec.quantities import is_walltime

    return "" if is_walltime(text) else f"{text[:100]!r} is not a time limit of Slurm; use 04:00:00 or 1-12:00:00"


SLURM = ResourceSpec(
    records.SLURM,
    verbs=("create", "update", "delete"),
    members={"name": ("-n", "--name"), "nodes": ("-N", "--nodes"), "walltime": ("-W", "--walltime"),
             **_SCHEDULER_MEMBERS},
    update_members={"name": ("-N", "--name"), "nodes": ("-n", "--nodes"), "walltime": ("--walltime",),
                    **_SCHEDULER_MEMBERS},
    defaults={"nodes": 1, "walltime": "04:00:00", "qos": "normal"},
    checks={"walltime": _no_walltime},
    update_note="The letters of --name and --nodes are those of Torc 0.12: -N and -n here, -n and -N in `create`.",
)  # fmt: skip
SLURM_STATS = ResourceSpec(
    records.SLURM_STATS,
    flags={"job_id": ("-j", "--job-id")},
)  # fmt: skip
WORKFLOWS = ResourceSpec(records.WORKFLOWS)

TAGS = frozenset(value.tag for value in [*globals().values()] if isinstance(value, ResourceSpec))
"""The tags of the document whose record types have an entry here."""
