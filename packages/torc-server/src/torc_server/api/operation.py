"""An operation is data: where it is called, what it takes and answers, who may, and the function that does it."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

import marshmallow

from torc_server.engine.events import UNKNOWN_USER
from torc_server.engine.signals import Signal
from torc_server.resources.fields import Member
from torc_server.store.transaction import Transaction


class Effect(Enum):
    """What an operation works on: a connection to the database, or the running server itself."""

    READ = "read"
    WRITE = "write"
    PROCESS = "process"


class Process(Protocol):
    """The running server, for the few operations that are about it. What it does may take its time."""

    def reload_credentials(self) -> int:
        """Read the password file again and tell how many users it has; raises RuleBroken."""


class Generation(Enum):
    """The clients there are, told apart by their user agent where one answer cannot serve both."""

    V012 = "0.12"
    V035 = "0.35"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is calling: a user name that was proven, or nobody. `said` is a name that nobody has proven.

    What is said opens nothing; it only tells people who read what happened.
    """

    user: str | None = None
    said: str | None = None

    @property
    def name(self) -> str:
        """The user name for people who read what happened; a word for nobody."""
        return self.user or self.said or UNKNOWN_USER


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood and checked: what a function of `api/` works on.

    `path`, `query` and `body` are validated and have their defaults; times are handed in because nothing below
    reads the clock.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    now: datetime
    identity: Identity = Identity()
    generation: Generation = Generation.V035
    enforce_access: bool = False
    require_auth: bool = False
    # Whether its operation writes, and so has to wait while a long operation works on the same workflow.
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: its member carries type, default, requiredness and description."""

    name: str
    member: Member
    extension: bool = False


class Audience(Enum):
    """Whom an operation lets in where the server enforces access; the document says so, and tests go by it."""

    EVERYBODY = "everybody"
    USERS = "whoever gave good credentials"
    WORKFLOW = "the owner of the workflow and the members of its access groups"
    GROUP_ADMINS = "admins of the access group and system administrators"
    SHARERS = "the owner of the workflow, admins of the access group and system administrators"
    SYSTEM_ADMINS = "system administrators"


@dataclass(frozen=True, slots=True)
class Guard:
    """Whom an operation lets in, and how it finds out: `check` raises Forbidden or NotFound, or lets the call through.

    It runs in the operation's own transaction, before its function. Made by api/access.py.
    """

    audience: Audience
    check: Callable[[Transaction, Call], None]

    def __call__(self, tx: Transaction, call: Call) -> None:
        """Let the call through; raises Forbidden or NotFound."""
        self.check(tx, call)


@dataclass(frozen=True, slots=True)
class NothingYet:
    """What a function gives whose answer may be worth waiting for. Without ``?wait_seconds=`` it is the answer."""

    answer: Any


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a function gives that only noted what is to be done: the answer, which goes out as 202."""

    answer: Any


@dataclass(frozen=True, slots=True)
class Relayed:
    """What a function gives whose answer comes from a runner, once its transaction is over."""

    perform: Callable[[Any], Awaitable[Any]]


class WorkflowWide(Enum):
    """What an operation does to a workflow as a whole, so that it takes long where there are many jobs."""

    CHANGES = "changes its jobs"
    ENDS = "changes its jobs that are pending or running"
    DELETES = "deletes it"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How an operation may hold its answer (``?wait_seconds=``) until something happened in its workflow.

    `woken_by` names the signals after which it is worth asking again. Calls whose members of `alike` are equal
    would get the same answer, so that one that gets nothing asks for all of them.
    """

    woken_by: tuple[type[Signal], ...]
    alike: Callable[[Call], Hashable]


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry of the table of operations, from which routes, parsing, document, client and tests follow."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    effect: Effect
    guard: Guard
    # Works on a Transaction, or on the Process where that is its effect.
    run: Callable[[Any, Call], Any]
    # The shape of the answer; a member where it is no record.
    answer: type[marshmallow.Schema] | Member
    query: tuple[Parameter, ...] = ()
    # The shape of the body; a member (any JSON) where it is no record.
    body: type[marshmallow.Schema] | Member | None = None
    body_required: bool = True
    errors: tuple[int, ...] = ()
    waiting: Waiting | None = None
    # What it does to the workflow in its path as a whole: that is done in steps where the workflow is huge.
    workflow_wide: WorkflowWide | None = None
    # The shape of an answer that is only Accepted; None where there is none.
    accepted: type[marshmallow.Schema] | None = None
    # Answers server-sent events, each with an `answer` as its data; `run` gives the least Severity that is sent.
    streams: bool = False
    # Runners ask it over and over: where it succeeds, its line in the log is for DEBUG.
    routine: bool = False
    extension: bool = False
    description: str = ""
    path_fields: Mapping[str, Member] = field(default_factory=dict)


Run = Callable[[Any, Call], Any]


def operation(
    identity: str, method: str, path: str, *, guard: Guard, answer: type[marshmallow.Schema] | Member, **rest: Any
) -> Callable[[Run], Operation]:
    """Make an operation of a function; its docstring becomes summary and description."""

    def make(run: Run) -> Operation:
        summary, _, description = (run.__doc__ or "").strip().partition("\n\n")
        return Operation(
            id=identity,
            method=method,
            path=path,
            summary=summary,
            description=" ".join(description.split()),
            guard=guard,
            answer=answer,
            run=run,
            **rest,
        )

    return make
