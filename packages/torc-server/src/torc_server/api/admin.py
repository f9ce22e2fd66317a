"""Operations for administrators: on the running server, SQL statements that read, and their log."""

from typing import Annotated, Any

from torc_server.api.access import system_admins_if_users_prove_themselves
from torc_server.api.answers import page_of
from torc_server.api.operation import (
    AnyOperation,
    Call,
    Effect,
    Guard,
    Outcome,
    Parameter,
    Process,
    RequestTail,
    audited_operation,
    operation,
    process_operation,
    stream_operation,
)
from torc_server.api.paging import PAGING, limit_of
from torc_server.engine.access.permissions import ANONYMOUS, Audience
from torc_server.engine.administration import audit_log, sql
from torc_server.engine.errors import Forbidden
from torc_server.resources import lists
from torc_server.resources.fields import Boolean, Integer, Record, Text
from torc_server.resources.json_fields import JsonObject, Many, Part
from torc_server.resources.lists import Selection
from torc_server.resources.read_only_list import ReadOnlyList
from torc_server.resources.typed_bodies import TypedBody, record_of
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

TAG = "access_control"


class ReloadAuthResponse(Record):
    """The result of reading the password file again."""

    message = Text("The action that was done.", required=True)
    user_count = Integer("Number of users.", required=True)


class AdminSqlRequest(TypedBody, kw_only=True, frozen=True):
    """An SQL statement of an administrator."""

    sql: Annotated[str, Text("One statement that reads.", required=True)]
    write: Annotated[bool, Boolean("Ask for a write, which this server refuses.", nullable=False, default=False)] = (
        False
    )
    allow_full_table: Annotated[
        bool, Boolean("Accepted from older clients and stored in the audit log.", nullable=False, default=False)
    ] = False
    dry_run: Annotated[
        bool, Boolean("Accepted from older clients; statements only read.", nullable=False, default=False)
    ] = False
    limit: Annotated[int | None, Integer(f"Maximum number of rows, at most {sql.MOST_ROWS}, which is the default.")] = (
        None
    )


class AdminSqlResponse(Record):
    """The rows that an SQL statement returned."""

    columns = Many(Text(), "The names of the columns. A repeated name gets a number.", required=True)
    items = Many(JsonObject(), "The rows, by the names of the columns. Blobs are hexadecimal.", required=True)
    rows_affected = Integer("Always absent: statements only read.")
    committed = Boolean("Always false: statements only read.", required=True)


class AdminAuditLogEntry(Record):
    """A statement that a caller sent."""

    id = Integer("The id of the entry.", required=True)
    user_name = Text("The user, or `unknown`.", required=True)
    timestamp = Integer("Time of the call (ms since the epoch).", required=True)
    sql_text = Text("The statement.", required=True)
    is_write = Boolean("Whether the call asked for a write.", required=True)
    allow_full_table = Boolean("This member of the call.", required=True)
    rows_affected = Integer("Always absent: statements only read.")
    committed = Boolean("Always false: statements only read.", required=True)
    success = Boolean("Whether the statement was run.", required=True)
    error = Text("Why it was not run.")


class ApiStatsBucket(Record):
    """The requests of one interval."""

    start_ms = Integer("The begin of the interval (ms since the epoch).", required=True)
    request_count = Integer("Number of requests that were answered.", required=True)
    bytes_in = Integer("Bytes of their bodies.", required=True)
    bytes_out = Integer("Bytes of the bodies of the answers.", required=True)
    status_2xx = Integer("Number of answers with a status from 200 to 299.", required=True)
    status_4xx = Integer("Number of answers with a status from 400 to 499.", required=True)
    status_5xx = Integer("Number of answers with a status from 500 to 599.", required=True)
    status_other = Integer("Number of other requests, also of those whose client left.", required=True)


class ApiStatsResponse(Record):
    """Requests of the last time, in intervals."""

    now_ms = Integer("The time of the server (ms since the epoch).", required=True)
    interval_seconds = Integer("The length of an interval.", required=True)
    window_seconds = Integer("The time that the intervals cover.", required=True)
    buckets = Many(Part(ApiStatsBucket), "The intervals, newest first.", required=True)


class CapturedBody(Record):
    """The body of a request or an answer."""

    bytes = Integer("Its length.", required=True)
    truncated = Boolean("Whether `text` is only its beginning.", required=True)
    text = Text("The text. Absent if it is not text.")


class ApiEvent(Record):
    """A request that was answered."""

    timestamp_ms = Integer("When it was answered (ms since the epoch).", required=True)
    method = Text("The method.", required=True)
    path = Text("The path.", required=True)
    query = Text("The query, if there is one.")
    status = Integer("The status of the answer.", required=True)
    latency_ms = Integer("The time that the answer took.", required=True)
    request_id = Text("The span id of the request.")
    user = Text("The user.")
    request_body = Part(CapturedBody, "The body of the request, if it was asked for.")
    response_body = Part(CapturedBody, "The body of the answer, if it was asked for.")


@process_operation(
    "reload_auth",
    "POST",
    "/admin/reload-auth",
    tag="access_control",
    guard=system_admins_if_users_prove_themselves,
    answer=ReloadAuthResponse,
    errors=(403, 422),
)
def reload_auth(process: Process, call: Call) -> dict[str, Any]:
    """Read the password file again.

    Removed users and old passwords are refused from then on. A file that cannot be used changes nothing. Only system
    administrators can call this if the server enforces access or requires passwords.
    """
    del call
    user_count = process.reload_credentials()
    return {"message": "Read the password file again", "user_count": user_count}


def _check_sql(tx: Transaction, call: Call) -> None:
    """Guard SQL statements: administrators, on a server whose settings allow statements."""
    system_admins_if_users_prove_themselves(tx, call)
    sql.require_allowed(call.admin_sql, admins_see_all=not call.admins_see_own_only, is_write=call.body.write)


def _record(tx: Transaction, call: Call, outcome: Outcome) -> None:
    body: AdminSqlRequest = call.body
    # A name that is only claimed must not look like one that was proved.
    proved = call.enforce_access or call.require_auth
    entry = audit_log.Entry(
        user_name=(call.identity.user or ANONYMOUS) if proved else call.identity.name,
        sql_text=body.sql,
        is_write=body.write,
        allow_full_table=body.allow_full_table,
        error=None if outcome.error is None else str(outcome.error),
        is_forbidden=isinstance(outcome.error, Forbidden),
    )
    audit_log.record(tx, entry, now=call.now)


@audited_operation(
    "admin_sql",
    "POST",
    "/admin/sql",
    tag=TAG,
    guard=Guard(Audience.SYSTEM_ADMINS, _check_sql),
    body=record_of(AdminSqlRequest),
    answer=AdminSqlResponse,
    errors=(400, 403, 409, 422),
    record=_record,
    extension=True,
)
def admin_sql(tx: Transaction, call: Call) -> dict[str, Any]:
    """Run an SQL statement that reads, and store it in the audit log.

    A statement that would write is refused (422), with the command that makes the change. Secrets are read as null. The
    statement has limits of time, rows and size. Only system administrators can call this if the server enforces access
    or requires passwords; servers with --disable-admin-sql or --admins-see-own-only refuse it.
    """
    body: AdminSqlRequest = call.body
    return sql.run(tx, body.sql, is_write=body.write, limit=body.limit)


ENTRIES = ReadOnlyList(
    path="audit_log",
    schema=AdminAuditLogEntry,
    rows=Statement("SELECT * FROM admin_audit_log"),
    keys=("timestamp", "id"),
    count=Statement("SELECT COUNT(*) FROM admin_audit_log"),
)


@operation(
    "list_admin_audit_log",
    "GET",
    "/admin/audit-log",
    tag=TAG,
    effect=Effect.READ,
    guard=system_admins_if_users_prove_themselves,
    answer=page_of(AdminAuditLogEntry, "admin_audit_log"),
    query=PAGING,
    errors=(400, 403, 422),
    extension=True,
)
def list_admin_audit_log(tx: Transaction, call: Call) -> dict[str, Any]:
    """List the statements that callers sent to `/admin/sql`, newest first, with those that were refused.

    The log has the newest 100,000 entries, and of callers who may send no statement the newest 1,000.
    """
    selection = Selection((), {}, sort_by="timestamp", reverse=True, offset=call.query["offset"], limit=limit_of(call))
    return lists.report_page(tx, ENTRIES, selection)


@process_operation(
    "get_api_stats",
    "GET",
    "/admin/api-stats",
    tag=TAG,
    guard=system_admins_if_users_prove_themselves,
    answer=ApiStatsResponse,
    query=(
        Parameter("window_seconds", Integer("The time to report, at most 3600.", nullable=False, default=3600)),
        Parameter("interval_seconds", Integer("The length of an interval.", nullable=False, default=60)),
    ),
    errors=(400, 403),
    extension=True,
)
def get_api_stats(process: Process, call: Call) -> dict[str, Any]:
    """Return the numbers of requests in intervals of the last time, newest first.

    The begins of the intervals are multiples of their length. The numbers are in memory: they begin with the server.
    """
    return process.request_history(call.query["window_seconds"], call.query["interval_seconds"], call.now)


@stream_operation(
    "stream_api_events",
    "GET",
    "/admin/api-events/stream",
    tag=TAG,
    guard=system_admins_if_users_prove_themselves,
    answer=ApiEvent,
    query=(
        Parameter(
            "include_bodies", Boolean("Include the bodies of requests and answers.", nullable=False, default=False)
        ),
    ),
    errors=(400, 403, 409),
    extension=True,
)
def stream_api_events(tx: Transaction, call: Call) -> RequestTail:
    """Stream the requests that the server answers, as server-sent events `api`.

    A client that reads too slowly gets an event `warning` with the number of events that it missed. Bodies are cut, and
    credentials are removed from them. With bodies, only requests are reported that came after the start of the stream.
    """
    del tx
    if call.query["include_bodies"] and call.admins_see_own_only:
        raise Forbidden(
            "This server was started with --admins-see-own-only, and bodies are those of all workflows; leave out"
            " include_bodies"
        )
    return RequestTail(with_bodies=call.query["include_bodies"])


ADMIN_OPERATIONS: tuple[AnyOperation, ...] = (
    reload_auth,
    admin_sql,
    list_admin_audit_log,
    get_api_stats,
    stream_api_events,
)
