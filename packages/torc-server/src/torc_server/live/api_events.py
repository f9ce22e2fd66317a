"""The requests that the server answers, for the streams that follow them. Belongs to one event loop.

Without a follower a request costs one look at an attribute. There is no replay.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torc_server.engine.errors import Conflict
from torc_server.live.member_redaction import without_secret_texts, without_secrets
from torc_server.live.stream_queue import StreamQueue, frame

# Events that wait for a slow follower.
WAITING_MOST = 256
FOLLOWERS_MOST = 16
# Larger bodies are not captured.
CAPTURED_MOST_BYTES = 1024**2
# A credential that begins before the cut is recognized if it ends within this number of characters.
_MARGIN = 2048


class RequestFollower(StreamQueue[bytes]):
    """A follower of requests: the frames to send. `since` is when it began, in seconds of `time.perf_counter`."""

    def __init__(self, since: float, *, with_bodies: bool) -> None:
        super().__init__(WAITING_MOST)
        self.since = since
        self.with_bodies = with_bodies

    def fetch(self) -> bytes:
        """Return and remove all waiting events as text, after a warning with the number of dropped ones."""
        warning, frames = self.take()
        return b"".join([*warning, *frames])


class ApiEvents:
    """The followers of requests. `most_bytes` is the length to which bodies are cut."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._is_closed = False
        self._followers: set[RequestFollower] = set()
        # Whether a request must be reported, and whether with its bodies.
        self.is_followed = False
        self.wants_bodies = False

    @contextmanager
    def following(self, *, with_bodies: bool) -> Iterator[RequestFollower]:
        """Follow requests from now on. Raises Conflict if there are too many followers."""
        if len(self._followers) >= FOLLOWERS_MOST:
            raise Conflict(f"Requests have {FOLLOWERS_MOST} followers already; end one of them, or try again later")
        follower = RequestFollower(time.perf_counter(), with_bodies=with_bodies)
        if self._is_closed:
            follower.close()
        self._followers.add(follower)
        self._note()
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            self._note()

    def _note(self) -> None:
        self.is_followed = bool(self._followers)
        self.wants_bodies = any(each.with_bodies for each in self._followers)

    def report(self, event: Mapping[str, Any], sent: bytes | None, answered: bytes | None, *, began: float) -> None:
        """Report a request to all followers, with its bodies to those that want them. None: a body is not captured.

        `began` is when the server received the request. Followers that want bodies get requests from after their own
        beginning only: the body of an earlier one may have been read without being captured.
        """
        plain = frame("api", event)
        full = None
        for follower in self._followers:
            if not follower.with_bodies:
                follower.add(plain)
                continue
            if began < follower.since:
                continue
            if full is None:
                bodies = {"request_body": self._captured(sent), "response_body": self._captured(answered)}
                full = frame("api", {**event, **{name: body for name, body in bodies.items() if body is not None}})
            follower.add(full)

    def _captured(self, body: bytes | None) -> dict[str, Any] | None:
        """Return the beginning of a body without its credentials; None for an empty or a large one."""
        if not body or len(body) > CAPTURED_MOST_BYTES:
            return None
        is_cut = len(body) > self._most_bytes
        captured: dict[str, Any] = {"bytes": len(body), "truncated": is_cut}
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return captured
        shown = without_secrets(text)
        if shown is None:
            shown = without_secret_texts(text[: self._most_bytes + _MARGIN] if is_cut else text)
            shown = shown[:-_MARGIN] if is_cut else shown
        return {**captured, "text": shown.encode()[: self._most_bytes].decode(errors="ignore") if is_cut else shown}

    def close(self) -> None:
        """End all streams, also later ones."""
        self._is_closed = True
        for follower in self._followers:
            follower.close()
