"""The graph of a workflow, as a browser without scripts gets it."""

import re
from collections import Counter

from aiohttp.test_utils import TestClient

from dash_builders import job, listed, near, status
from torc_client.api.enums import JobGroupEdgeKind, JobStatus
from torc_client.api.records import (
    JobFileRelationshipModel,
    JobGroupEdge,
    JobGroupModel,
    JobGroupsResponse,
    ListJobFileRelationshipsResponse,
    ListJobsResponse,
    ListJobUserDataRelationshipsResponse,
)
from torc_client.graph.names import group_of
from torc_client.testing import FakeServer

HOSTILE = "<img src=x onerror=alert(1)>\"'</text></svg>\x1b\u202e{{ 7 * 7 }}"


def fill(server: FakeServer, *names: str, links: tuple[tuple[int, int], ...] = ()) -> None:
    """Give the workflow completed jobs. A link has the positions of two jobs: the first is needed by the second."""
    jobs = [job(place, name=name, status=JobStatus.COMPLETED) for place, name in enumerate(names, 1)]
    members: dict[str, list[int]] = {}
    for place, name in enumerate(names, 1):
        members.setdefault(group_of(name), []).append(place)
    groups = [
        JobGroupModel(
            key=key,
            label=key,
            first_job_id=places[0],
            total_jobs=len(places),
            jobs_by_status=status(completed=len(places)).jobs_by_status,
            highest_priority=0,
            lowest_priority=0,
            merged_groups=0,
            resource_requirements_ids=[],
        )
        for key, places in members.items()
    ]
    pairs = Counter((group_of(names[needed - 1]), group_of(names[needing - 1])) for needed, needing in links)
    edges = [
        JobGroupEdge(kind=JobGroupEdgeKind.DEPENDENCY, pairs=number, source=source, target=target)
        for (source, target), number in pairs.items()
    ]
    server.answer("list_jobs", listed(ListJobsResponse, jobs))
    server.answer("list_job_groups", JobGroupsResponse(groups=groups, edges=edges, edges_left_off=0))


async def page(browser: TestClient, path: str, code: int = 200, part: str | None = None) -> str:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    answer = await browser.get(path, headers=headers)
    assert answer.status == code
    return await answer.text()


async def test_groups_are_boxes_with_counts_and_arrows(browser: TestClient, fake_server: FakeServer):
    fill(fake_server, "prepare", "run_1", "run_2", "report", links=((1, 2), (1, 3), (2, 4), (3, 4)))
    text = await page(browser, "/workflows/1/graph")
    assert text.count('class="arrow') == 2 + 1  # and the group of them
    assert len(re.findall(r'class="node kind-group', text)) == 3
    for shown in (
        "run_#",
        "2 of 2",
        "completed",
        "/workflows/1/jobs?filter=group%3Drun_%23",
        "/workflows/1/graph?job=1",
    ):
        assert shown in text
    assert "critical path" in text


async def test_a_part_of_the_page_can_be_asked_for_alone(browser: TestClient, fake_server: FakeServer):
    fill(fake_server, "prepare", "report", links=((1, 2),))
    whole = await page(browser, "/workflows/1/graph")
    for part in ("graph", "table"):
        assert (await page(browser, "/workflows/1/graph", part=part)).strip() in whole


async def test_files_and_data_can_be_shown(browser: TestClient, fake_server: FakeServer):
    fill(fake_server, "prepare", "report", links=((1, 2),))
    mesh = JobFileRelationshipModel(
        workflow_id=1,
        file_id=9,
        file_name="mesh",
        file_path="mesh.dat",
        producer_job_id=1,
        producer_job_name="prepare",
        consumer_job_id=2,
        consumer_job_name="report",
    )
    fake_server.answer("list_job_file_relationships", listed(ListJobFileRelationshipsResponse, [mesh]))
    fake_server.answer("list_job_user_data_relationships", listed(ListJobUserDataRelationshipsResponse, []))
    text = await page(browser, "/workflows/1/graph?files=1")
    assert "kind-file" in text
    assert len(re.findall('<path class="arrow', text)) == 2  # the file explains the dependency
    assert not fake_server.calls_of("list_job_file_relationships")[1:]


async def test_a_cycle_is_drawn_and_named(browser: TestClient, fake_server: FakeServer):
    fill(fake_server, "a", "b", links=((1, 2), (2, 1)))
    text = await page(browser, "/workflows/1/graph")
    assert "is-back" in text
    assert "wait for each other" in text


async def test_the_jobs_near_one_job(browser: TestClient, fake_server: FakeServer):
    others = (-1, job(5, name="before")), (1, job(7, name="after", depends_on_job_ids=[6]))
    middle = job(6, name="middle", depends_on_job_ids=[5])
    fake_server.answer("list_neighbours", near(middle, *others, needed_by=20_001))
    text = await page(browser, "/workflows/1/graph?job=6")
    for shown in ("Jobs near", "middle", "before", "after", 'href="/jobs/6"', "/workflows/1/graph?job=7"):
        assert shown in text
    assert "20,000 more jobs" in text
    assert len(re.findall('<path class="arrow', text)) == 3


async def test_a_job_of_another_workflow_is_not_found(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_neighbours", near(job(6, workflow_id=2)))
    assert "no job 6 in workflow 1" in await page(browser, "/workflows/1/graph?job=6", 404)


async def test_a_workflow_without_jobs_says_so(browser: TestClient, fake_server: FakeServer):
    fill(fake_server)
    assert "has no jobs" in await page(browser, "/workflows/1/graph")


async def test_hostile_names_are_inert(browser: TestClient, fake_server: FakeServer):
    fill(fake_server, HOSTILE, "b", links=((1, 2),))
    text = await page(browser, "/workflows/1/graph")
    assert "<img" not in text.partition("<main")[2]
    for character in ("\x1b", "\u202e"):
        assert character not in text


async def test_many_groups_are_merged_and_all_are_in_the_table(browser: TestClient, fake_server: FakeServer):
    letters = "abcdefghij"
    fill(fake_server, *(f"part_{one}{two}{three}" for one in letters[:3] for two in letters for three in letters))
    text = await page(browser, "/workflows/1/graph")
    assert "and 299 more" in text
    assert "part_cjj" in text
