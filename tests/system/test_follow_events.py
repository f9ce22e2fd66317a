"""The event stream of a workflow, read by the client and by plain HTTP, with a server that restarts."""

import contextlib
import queue
import socket
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from support.processes import SERVICE, Place, Server
from torc_client import Event, EventsMissed, NotFoundError, Torc

SPEC = "name: w\njobs: [{name: good, command: 'true'}, {name: bad, command: 'exit 3'}]"


class Following:
    """The events of a workflow, read in a thread until the workflow is deleted."""

    def __init__(self, server: Server, workflow_id: int) -> None:
        self.torc = Torc(server.url)
        self.news: queue.Queue[Event | EventsMissed] = queue.Queue()
        self._thread = threading.Thread(target=self._read, args=(workflow_id,))
        self._thread.start()

    def _read(self, workflow_id: int) -> None:
        with contextlib.suppress(NotFoundError):
            for each in self.torc.follow_events(workflow_id):
                self.news.put(each)

    def until(self, event_type: str) -> list[Event | EventsMissed]:
        """Return the events up to the next one of this type."""
        seen = []
        while True:
            seen.append(self.news.get())
            if isinstance(seen[-1], Event) and seen[-1].event_type == event_type:
                return seen

    def close(self) -> None:
        """Wait for the end of the stream, when the workflow is deleted."""
        self._thread.join()
        self.torc.close()


@pytest.fixture
def workflow_id(place: Place, server: Server) -> int:
    return int(place.torc("workflows", "create", place.file("spec.yaml", SPEC))["workflow_id"])


@pytest.fixture
def following(place: Place, server: Server, workflow_id: int) -> Iterator[Following]:
    following = Following(server, workflow_id)
    yield following
    place.run("torc", "workflows", "delete", str(workflow_id), "--no-prompts")
    following.close()


def make_news(server: Server, workflow_id: int) -> None:
    with Torc(server.url) as torc:
        torc.workflows.initialize_jobs(workflow_id)


def started(following: Following, server: Server, workflow_id: int) -> None:
    """Wait until the reader is connected, and cause the first event."""
    assert following.news.get() == EventsMissed()
    make_news(server, workflow_id)
    following.until("workflow_reinitialized")


def test_the_stream_reports_the_events_of_a_runner(
    place: Place, server: Server, workflow_id: int, following: Following
):
    started(following, server, workflow_id)
    place.run("torc", "run", str(workflow_id), status=None)
    kinds = [each.event_type for each in following.until("compute_node_stopped") if isinstance(each, Event)]
    assert kinds.count("job_started") == 2
    assert {"compute_node_started", "job_completed", "job_failed"} <= set(kinds)


@pytest.mark.parametrize("violently", [False, True])
def test_the_stream_continues_after_a_restart_and_reports_it(
    server: Server, workflow_id: int, following: Following, violently: bool
):
    started(following, server, workflow_id)
    if violently:
        server.kill()
    else:
        # The open stream does not prevent the end of the server.
        assert server.stop() == 0
    server.start()
    # The new process does not know earlier events; the stream reports the gap.
    news = following.news.get()
    while isinstance(news, Event):
        news = following.news.get()
    assert news == EventsMissed(None)
    make_news(server, workflow_id)
    assert following.until("workflow_reinitialized")


def test_the_stream_can_be_read_by_plain_http(server: Server, workflow_id: int):
    with urllib.request.urlopen(f"{server.url}/workflows/{workflow_id}/events/stream?level=info") as stream:  # noqa: S310 - our own server
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert stream.readline().startswith(b"id: ")
        assert stream.readline() == b"\n"
        make_news(server, workflow_id)
        assert stream.readline().startswith(b"id: ")
        assert stream.readline() == b"event: workflow_reinitialized\n"
        assert stream.readline().startswith(b'data: {"workflow_id":')


def test_a_reader_that_reads_nothing_does_not_delay_the_end_of_the_server(server: Server, workflow_id: int):
    path = f"{SERVICE}/workflows/{workflow_id}/events/stream"
    with socket.create_connection(("127.0.0.1", server.port)) as stream:
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert stream.recv(12) == b"HTTP/1.1 200"
        make_news(server, workflow_id)
        assert server.stop() == 0
