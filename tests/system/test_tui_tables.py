"""Tables of the terminal interface, on a real server: each key that sorts or filters is one that the server knows."""

from collections.abc import AsyncIterator
from itertools import chain

import pytest

from support.processes import Place, Server
from torc_client.client import TorcClient
from torc_client.tui.panes.compute_nodes import ComputeNodesPane
from torc_client.tui.panes.events import EventsPane
from torc_client.tui.panes.files import FilesPane
from torc_client.tui.panes.jobs import JOBS, JobsPane
from torc_client.tui.panes.results import ResultsPane
from torc_client.tui.panes.scheduled_nodes import ScheduledNodesPane
from torc_client.tui.panes.user_data import UserDataPane
from torc_client.tui.tables.keys_of_tables import same_word, sort_keys
from torc_client.tui.tables.query import ListedRecords, TableQuery
from torc_client.tui.tables.record_sections import load_record
from torc_client.tui.tables.row_cache import Ask
from torc_client.tui.tables.workflow_rows import WORKFLOWS, read_workflows

_PANES = (
    JobsPane, ResultsPane, FilesPane, UserDataPane, ComputeNodesPane, ScheduledNodesPane, EventsPane,
)  # fmt: skip
SOURCES = tuple(chain.from_iterable(pane.sources for pane in _PANES))
SPEC = """
name: sweep
files: [{name: out, path: out.txt}]
user_data: [{name: settings, data: {alpha: 1}}]
jobs:
  - {name: "work_{i}", command: "exit $(( {i} == 2 ))", parameters: {i: "1:3"}, input_user_data: [settings]}
  - {name: report, command: "echo done > out.txt", output_files: [out]}
"""
FIRST = Ask(0, 250)


@pytest.fixture
async def client(place: Place, server: Server) -> AsyncIterator[TorcClient]:
    """A client of a server with a workflow that ran, and of which a job failed."""
    place.file("sweep.yaml", SPEC)
    place.run("torc", "run", "sweep.yaml", status=None)
    async with TorcClient(server.url) as client:
        yield client


async def test_each_table_is_sorted_filtered_and_opened(client):
    for source in SOURCES:
        await _is_sorted(client, source)
        for quick in source.words.quick:
            await source.read(client, 1, TableQuery(quick.text, source.words.sort), FIRST)
        await _is_opened(client, source)


async def _is_sorted(client: TorcClient, source: ListedRecords) -> None:
    total = (await source.read(client, 1, source.first_query, FIRST)).total
    for member in sort_keys(source.words):
        for reverse in (False, True):
            window = await source.read(client, 1, TableQuery("", member, reverse), FIRST)
            values = [getattr(row.record, member) for row in window.rows]
            known = [value for value in values if value is not None]
            assert known == sorted(known, reverse=reverse), (source.title, member)
            assert window.total == total


async def _is_opened(client: TorcClient, source: ListedRecords) -> None:
    for row in (await source.read(client, 1, source.first_query, FIRST)).rows[:2]:
        word = same_word(source.words, row)
        if word:
            same = await source.read(client, 1, TableQuery(word, source.words.sort), FIRST)
            assert row.record in [each.record for each in same.rows], (source.title, word)
        assert (await load_record(client, source.words, row)).sections, source.title


async def test_workflows_are_sorted_and_filtered(client):
    for member in sort_keys(WORKFLOWS.words):
        window = await read_workflows(client, None, TableQuery("failed>0", member), FIRST)
        assert [row.joined["progress"] for row in window.rows] == ["████████ 4/4 ✗1"]


async def test_the_ids_of_all_rows_that_match_are_read(client):
    assert await JOBS.ids(client, 1, "name~work") == [1, 2, 3]
    assert await JOBS.ids(client, 1, "") == [1, 2, 3, 4]
