"""Follow the events of the server, and publish what changed at most twice a second."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from enum import StrEnum

from torc_client.api.records import ChangedWorkflows
from torc_client.changed_kinds import kinds_of
from torc_client.errors import ApiError, NotFoundError, TorcError
from torc_client.event_stream import Event, EventsMissed
from torc_client.tui.pane import EVERYTHING, Changed
from torc_client.tui.session import Session

_PAUSE_SECONDS = 0.5
_LONGEST_RETRY_SECONDS = 5.0
_POLL_SECONDS = 10.0
_News = Event | EventsMissed | ChangedWorkflows
_LIST_KINDS = frozenset({"workflows"})


class LinkState(StrEnum):
    """Whether events arrive. The value is the word of the header."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    REFUSED = "refused"
    """The server refuses, for example without a password."""


def kinds_in(news: _News) -> frozenset[str]:
    """Return the kinds of data that can have changed. Pure."""
    if isinstance(news, ChangedWorkflows):
        return _LIST_KINDS
    return EVERYTHING if isinstance(news, EventsMissed) else kinds_of(news.event_type)


class Live:
    """Follows the list of workflows, and the chosen workflow.

    `publish` is called with changes, `on_state` when the state changes, and `on_gone` when the chosen workflow was
    deleted. `start` begins again, for example after
    another workflow was chosen.
    """

    def __init__(
        self,
        session: Session,
        publish: Callable[[Changed], None],
        on_state: Callable[[LinkState], None],
        on_gone: Callable[[], None],
    ) -> None:
        self._session = session
        self._publish = publish
        self._on_state = on_state
        self._on_gone = on_gone
        self._tasks: list[asyncio.Task[None]] = []
        self._states: dict[int | None, LinkState] = {}
        self.state = LinkState.CONNECTING

    def start(self) -> None:
        """Follow the list of workflows, and the workflow that is chosen now."""
        self.stop()
        topics = [None] if self._session.workflow_id is None else [None, self._session.workflow_id]
        self._states = dict.fromkeys(topics, LinkState.CONNECTING)
        self._tasks = [asyncio.create_task(self._follow(topic)) for topic in topics]

    def stop(self) -> None:
        """Follow nothing."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    def _news(self, topic: int | None) -> AsyncIterator[_News]:
        if topic is None:
            return self._session.client.follow_workflows(self._session.user)
        return self._session.client.follow_events(topic)

    async def _follow(self, topic: int | None) -> None:
        coalesced = _Coalesced(topic, self._publish)
        failures = 0
        try:
            while self._states.get(topic) is not LinkState.REFUSED:
                try:
                    async for news in self._news(topic):
                        failures = 0
                        self._set(topic, LinkState.LIVE)
                        coalesced.add(kinds_in(news))
                    self._set(topic, LinkState.RECONNECTING)
                except NotFoundError:
                    if topic is not None:
                        self._on_gone()
                        return
                    self._set(topic, LinkState.LIVE)  # a server of the original Torc has no such stream
                    coalesced.add(_LIST_KINDS)
                    await asyncio.sleep(_POLL_SECONDS)
                    continue
                except ApiError as error:
                    self._set(topic, LinkState.RECONNECTING if error.status >= 500 else LinkState.REFUSED)
                    self._session.report(error, "follow the events of the server")
                except TorcError:
                    self._set(topic, LinkState.RECONNECTING)
                failures += 1
                longest = min(_LONGEST_RETRY_SECONDS, 0.25 * 2.0 ** min(failures, 10))
                await asyncio.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - spreads requests
        finally:
            coalesced.stop()

    def _set(self, topic: int | None, state: LinkState) -> None:
        if self._states.get(topic) is state:
            return
        self._states[topic] = state
        worst = max(self._states.values(), key=list(LinkState).index)
        state = LinkState.CONNECTING if LinkState.CONNECTING in self._states.values() else worst
        if self.state is not state:
            self.state = state
            self._session.is_away = state is LinkState.RECONNECTING
            self._on_state(state)


class _Coalesced:
    """Collects the kinds of changed data: published at once after a pause, else at its end."""

    def __init__(self, topic: int | None, publish: Callable[[Changed], None]) -> None:
        self._topic = topic
        self._publish = publish
        self._kinds: frozenset[str] = frozenset()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, kinds: frozenset[str]) -> None:
        self._kinds |= kinds
        if self._timer is None:
            self._flush()

    def _flush(self) -> None:
        self._timer = None
        if self._kinds:
            kinds, self._kinds = self._kinds, frozenset()
            self._publish(Changed(self._topic, kinds))
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._flush)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
