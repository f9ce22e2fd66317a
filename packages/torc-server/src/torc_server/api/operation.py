"""An operation is data: its path, its input and output, who may call it, and the function that performs it."""

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol, Required, TypedDict, Unpack

import marshmallow
from msgspec import Raw

from torc_server.api.output_pieces import OutputPieceDelivery
from torc_server.engine.access.permissions import Audience, Caller, TokenScope
from torc_server.engine.administration.sql import READ_ONLY, Policy
from torc_server.engine.events import UNKNOWN_USER
from torc_server.engine.ids import NodeId, WorkflowId
from torc_server.engine.origins import NodeOrigin
from torc_server.engine.signals import Severity, Signal
from torc_server.resources.fields import Member
from torc_server.resources.generation import Generation
from torc_server.store.transaction import Transaction


class Effect(Enum):
    """Whether an operation only reads the database."""

    READ = "read"
    WRITE = "write"


class Process(Protocol):
    """The running server, for operations on the server itself. Its methods may block."""

    def reload_credentials(self) -> int:
        """Read the password file again and return the number of users. Raises RuleBroken."""

    def request_history(self, window_seconds: int, interval_seconds: int, now: datetime) -> dict[str, Any]:
        """Return the numbers of requests in intervals of the last time, newest first."""


class Relay(Protocol):
    """Passes requests for output to runners, and their answers back, and knows when runners were heard."""

    async def ask(self, node_id: NodeId, what: Mapping[str, Any], wait_seconds: float) -> OutputPieceDelivery | None:
        """Ask the runner of a node; None if it does not answer. Raises Conflict if too many requests are open."""

    async def listen(self, node_id: NodeId, seconds: float) -> list[dict[str, Any]]:
        """Return the open requests for a node, waiting up to `seconds` for the first."""

    def deliver(self, node_id: NodeId, piece: OutputPieceDelivery) -> bool:
        """Pass on the answer of a node; False if its request is no longer open."""

    def silent_seconds(self, node_ids: Collection[NodeId]) -> Mapping[NodeId, float]:
        """Return for how long nothing was heard of these nodes. Those not heard since the start are left out."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller. `user` is authenticated; `claimed` is an unverified name, used only in logs and events.

    `is_owner`: whether a new workflow belongs to `user` although the server does not enforce access. `is_login`:
    whether `user` is a name of the password file. `token`: the token that the caller sent instead of a password.
    """

    user: str | None = None
    claimed: str | None = None
    is_owner: bool = False
    is_login: bool = False
    token: TokenScope | None = None

    @property
    def name(self) -> str:
        """The user name for logs and events."""
        return self.user or self.claimed or UNKNOWN_USER


@dataclass(frozen=True, slots=True)
class Call:
    """One parsed and validated request: the input of a function of `api/`.

    `path`, `query` and `body` have their defaults. `now` is passed in because the layers below do not read the clock.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    now: datetime
    identity: Identity = Identity()
    # The compute node that the client states in a header.
    node: NodeOrigin | None = None
    generation: Generation = Generation.OTHER
    enforce_access: bool = False
    admins_see_own_only: bool = False
    require_auth: bool = False
    # Whether the server has a password file, so that callers need credentials.
    has_logins: bool = False
    admin_sql: Policy = READ_ONLY
    # Whether the operation writes. A write waits while a long operation changes the same workflow.
    writes: bool = False

    @property
    def workflow_id(self) -> WorkflowId:
        """The workflow in a path such as ``/workflows/{id}/status``."""
        return WorkflowId(self.path["id"])

    @property
    def caller(self) -> Caller:
        """The caller, for decisions about access."""
        return Caller(
            self.identity.user,
            enforced=self.enforce_access,
            admins_see_all=not self.admins_see_own_only,
            token=self.identity.token,
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter: its member carries type, default, requiredness and description.

    `takes_empty`: an empty text is a value; otherwise it means that the parameter is not given.
    """

    name: str
    member: Member
    extension: bool = False
    takes_empty: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """The access check of an operation; `check` raises Forbidden or NotFound.

    It runs in the operation's own transaction, before its function. Made by api/access.py.
    """

    audience: Audience
    check: Callable[[Transaction, Call], None]

    def __call__(self, tx: Transaction, call: Call) -> None:
        """Check the call. Raises Forbidden or NotFound."""
        self.check(tx, call)


Json = Raw | Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""An answer as values that msgspec encodes; Raw is JSON text that SQLite wrote."""


@dataclass(frozen=True, slots=True)
class NothingYet:
    """An answer that may change soon. With ``?wait_seconds=`` the request waits instead of sending it.

    `others_may_differ`: requests that are alike otherwise may get another answer.
    """

    answer: Json
    others_may_differ: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer of an operation that only queued work. It is sent with status 202."""

    answer: Json


Answer = Json | NothingYet | Accepted


@dataclass(frozen=True, slots=True)
class Relayed:
    """What remains to be done after the transaction: `perform` gets the answer from runners, or completes it."""

    perform: Callable[[Relay], Awaitable[Json]]


class WorkflowWide(Enum):
    """The effect of an operation on all jobs of a workflow. It takes long if there are many jobs."""

    CHANGES = "changes its jobs"
    ENDS = "changes its jobs that are pending or running"
    DELETES = "deletes it"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How an operation may hold its answer (``?wait_seconds=``) until its workflow changes.

    After a signal in `woken_by` the operation is run again. Calls with equal `alike` would get the same answer, so one
    of them is run for all.
    """

    woken_by: tuple[type[Signal], ...]
    alike: Callable[[Call], Hashable]


Shape = type[marshmallow.Schema] | Member
"""The shape of a body or an answer: a record, or a member if it is not a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The part of an operation that the document shows; routes, parsing, client and tests follow from it.

    The subclasses add the function, which differs in its first argument and its result.
    """

    id: str
    method: str
    path: str
    tag: str
    summary: str
    guard: Guard
    answer: Shape
    query: tuple[Parameter, ...] = ()
    body: Shape | None = None
    body_required: bool = True
    errors: tuple[int, ...] = ()
    # The shape of an answer with status 202.
    accepted: type[marshmallow.Schema] | None = None
    # Runners call it often: a successful request is logged at DEBUG.
    routine: bool = False
    extension: bool = False
    description: str = ""
    path_fields: Mapping[str, Member] = field(default_factory=dict)


Run = Callable[[Transaction, Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Endpoint):
    """An operation on the database, in one transaction with its guard."""

    effect: Effect
    run: Run
    waiting: Waiting | None = None
    # Set for an operation on the whole workflow in its path. A huge workflow is changed in steps.
    workflow_wide: WorkflowWide | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOperation(Endpoint):
    """An operation that reads the database and then gets its answer from a runner."""

    run: Callable[[Transaction, Call], Relayed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessOperation(Endpoint):
    """An operation on the running server. Runs in a thread, after its guard."""

    run: Callable[[Process, Call], Json]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: `error` is None if it succeeded."""

    error: Exception | None


Record = Callable[[Transaction, Call, Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedOperation(Endpoint):
    """An operation that only reads. `record` then stores an entry about the call, before it is answered.

    A call that the guard refused is recorded too, and a call whose entry cannot be stored is not answered.
    """

    run: Run
    record: Record


@dataclass(frozen=True, slots=True)
class RequestTail:
    """A stream of the requests that the server answers. `with_bodies`: with the bodies."""

    with_bodies: bool


@dataclass(frozen=True, slots=True)
class WorkflowTail:
    """A stream of the ids of workflows that changed. `visible` returns those that the caller may see."""

    visible: Callable[[Transaction, Sequence[int]], list[int]]


Followed = Severity | RequestTail | WorkflowTail
"""What a stream sends: the notifications about a workflow from a severity on, requests, or changed workflows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOperation(Endpoint):
    """An operation that answers server-sent events with `answer` as data. `run` returns what is sent."""

    run: Callable[[Transaction, Call], Followed]


AnyOperation = Operation | RelayOperation | ProcessOperation | AuditedOperation | StreamOperation


class EndpointOptions(TypedDict, total=False):
    """Keywords of the decorators below."""

    tag: Required[str]
    guard: Required[Guard]
    answer: Required[Shape]
    query: tuple[Parameter, ...]
    body: Shape | None
    body_required: bool
    errors: tuple[int, ...]
    accepted: type[marshmallow.Schema] | None
    routine: bool
    extension: bool
    path_fields: Mapping[str, Member]


class OperationOptions(EndpointOptions, total=False):
    """Keywords of `operation`."""

    effect: Required[Effect]
    waiting: Waiting | None
    workflow_wide: WorkflowWide | None


class _Texts(TypedDict):
    summary: str
    description: str


def _texts_of(run: Callable[..., Any]) -> _Texts:
    """Split a docstring into summary and description."""
    summary, _, description = (run.__doc__ or "").strip().partition("\n\n")
    return {"summary": summary, "description": " ".join(description.split())}


def operation(identity: str, method: str, path: str, **options: Unpack[OperationOptions]) -> Callable[[Run], Operation]:
    """Make an operation of a function; its docstring becomes summary and description."""

    def make(run: Run) -> Operation:
        return Operation(id=identity, method=method, path=path, run=run, **_texts_of(run), **options)

    return make


def relay_operation(
    identity: str, method: str, path: str, **options: Unpack[EndpointOptions]
) -> Callable[[Callable[[Transaction, Call], Relayed]], RelayOperation]:
    """Make an operation of a function that returns Relayed."""

    def make(run: Callable[[Transaction, Call], Relayed]) -> RelayOperation:
        return RelayOperation(id=identity, method=method, path=path, run=run, **_texts_of(run), **options)

    return make


def process_operation(
    identity: str, method: str, path: str, **options: Unpack[EndpointOptions]
) -> Callable[[Callable[[Process, Call], Json]], ProcessOperation]:
    """Make an operation of a function on the running server."""

    def make(run: Callable[[Process, Call], Json]) -> ProcessOperation:
        return ProcessOperation(id=identity, method=method, path=path, run=run, **_texts_of(run), **options)

    return make


class AuditedOptions(EndpointOptions, total=False):
    """Keywords of `audited_operation`."""

    record: Required[Record]


def audited_operation(
    identity: str, method: str, path: str, **options: Unpack[AuditedOptions]
) -> Callable[[Run], AuditedOperation]:
    """Make an operation of a function whose calls are recorded."""

    def make(run: Run) -> AuditedOperation:
        return AuditedOperation(id=identity, method=method, path=path, run=run, **_texts_of(run), **options)

    return make


def stream_operation(
    identity: str, method: str, path: str, **options: Unpack[EndpointOptions]
) -> Callable[[Callable[[Transaction, Call], Followed]], StreamOperation]:
    """Make an operation of a function that returns what to send."""

    def make(run: Callable[[Transaction, Call], Followed]) -> StreamOperation:
        return StreamOperation(id=identity, method=method, path=path, run=run, **_texts_of(run), **options)

    return make
