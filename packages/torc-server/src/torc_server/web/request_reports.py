"""What is noted about each request: metrics, the numbers of the last hour, and the events of its followers."""

import time

from aiohttp import web

from torc_server.api.extensions import WAIT_SECONDS
from torc_server.api.operation import StreamOperation
from torc_server.live.api_events import ApiEvents
from torc_server.live.member_redaction import query_without_secrets
from torc_server.web.caller import NOBODY
from torc_server.web.errors import CLIENT_CLOSED
from torc_server.web.request_counts import RequestCounts
from torc_server.web.request_history import RequestHistory
from torc_server.web.request_keys import IDENTITY, OPERATION, SENT_BODY, SPAN_ID

UNKNOWN = "unknown"
ABORTED = "aborted"
API_EVENTS = web.AppKey("api_events", ApiEvents)


def length_of(response: web.StreamResponse | None) -> int:
    """Return the length of the body of an answer."""
    if response is None:
        return 0
    return response.body_length if response.prepared else response.content_length or 0


class RequestReports:
    """Notes each request of an application."""

    def __init__(self, counts: RequestCounts, history: RequestHistory, events: ApiEvents) -> None:
        self._counts = counts
        self._history = history
        self._events = events

    def answered(self, request: web.Request, response: web.StreamResponse | None, seconds: float) -> None:
        """Note a request. `response` is None if the client left before the answer."""
        operation = request.get(OPERATION)
        name = request.match_info.route.name if operation is None else operation.id
        is_meaningless = (
            response is None
            or isinstance(operation, StreamOperation)
            or f"{WAIT_SECONDS.name}=" in request.rel_url.raw_query_string
        )
        status = ABORTED if response is None else str(response.status)
        self._counts.answered(name or UNKNOWN, status, None if is_meaningless else seconds)
        now = time.time()
        self._history.answered(
            int(now), 0 if response is None else response.status, request.content_length or 0, length_of(response)
        )
        if self._events.is_followed:
            self._report(request, response, now, seconds)

    def _report(self, request: web.Request, response: web.StreamResponse | None, now: float, seconds: float) -> None:
        query = request.rel_url.raw_query_string
        identity = request.get(IDENTITY, NOBODY)
        optional = {
            "query": query_without_secrets(query) if query else None,
            "request_id": request.get(SPAN_ID),
            "user": identity.user or identity.claimed,
        }
        event = {
            "timestamp_ms": int(now * 1000),
            "method": request.method,
            "path": request.rel_url.raw_path,
            "status": CLIENT_CLOSED if response is None else response.status,
            "latency_ms": round(seconds * 1000),
            **{name: value for name, value in optional.items() if value is not None},
        }
        body = response.body if isinstance(response, web.Response) else None
        self._events.report(
            event,
            request.get(SENT_BODY),
            body if isinstance(body, bytes) else None,
            began=time.perf_counter() - seconds,
        )
