"""The groups beside the table of jobs."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient

from dash_builders import job_group, job_groups
from torc_client.testing import FakeServer, Refusal
from torc_dash.group_list import MOST_SHOWN

HOSTILE = '<b onclick="x">_# "quoted"'


async def page(browser: TestClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


def filters_of(text: str) -> dict[str, str]:
    """Return the filter of each group by its name."""
    found = re.findall(r'class="group-link"[^>]*href="([^"]*)"[^>]*>\s*<span class="group-name" title="([^"]*)"', text)
    return {unescape(name): parse_qs(urlsplit(unescape(href)).query).get("filter", [""])[0] for href, name in found}


@pytest.fixture(autouse=True)
def groups(fake_server: FakeServer) -> None:
    """Three groups, one of them with failures."""
    some = (
        job_group("prepare", completed=1),
        job_group("sim_#", 2, completed=2, failed=1),
        job_group(HOSTILE, 9, ready=1),
    )
    fake_server.answer("list_job_groups", job_groups(*some))


async def test_a_group_is_a_filter_beside_the_one_of_the_reader(browser: TestClient):
    text = await page(
        browser, "/workflows/1/jobs?filter=status%3Dfailed+group%3Dprepare+name~%22a+b%22&sort=name&size=25"
    )
    assert filters_of(text) == {
        "All jobs": 'status=failed name~"a b"',
        "prepare": 'status=failed name~"a b" group=prepare',
        "sim_#": 'status=failed name~"a b" group=sim_#',
        HOSTILE: 'status=failed name~"a b" group="<b onclick=""x"">_# ""quoted"""',
    }
    assert "<b onclick" not in text
    (chosen,) = re.findall(r'<a class="group-link" id="([^"]*)"[^>]* aria-current="true"', text)
    assert chosen == "group-2"
    assert "sort=name&amp;size=25" in text


async def test_the_group_with_a_hostile_name_can_be_chosen(browser: TestClient, fake_server: FakeServer):
    text = await page(browser, "/workflows/1/jobs")
    answer = await browser.get("/workflows/1/jobs", params={"filter": filters_of(text)[HOSTILE]})
    assert '<option value="group=&#34;' in await answer.text()
    assert fake_server.calls_of("list_jobs")[-1].query["filter"] == filters_of(text)[HOSTILE]


async def test_progress_and_failures_of_each_group_are_shown(browser: TestClient):
    text = await page(browser, "/workflows/1/jobs")
    assert '2/3 <b>1<span aria-hidden="true"> ✗</span>' in text
    assert "sim_# · 2/3 · 1 ✗</option>" in text


async def test_one_group_has_no_list(browser: TestClient, fake_server: FakeServer):
    fake_server.answer("list_job_groups", job_groups(job_group("job_#", ready=3)))
    assert 'aria-label="Groups of jobs"' not in await page(browser, "/workflows/1/jobs")


async def test_the_list_has_an_end(browser: TestClient, fake_server: FakeServer):
    letters = [chr(97 + number // 26) + chr(97 + number % 26) for number in range(MOST_SHOWN + 5)]
    fake_server.answer("list_job_groups", job_groups(*(job_group(each, ready=1) for each in letters)))
    text = await page(browser, "/workflows/1/jobs")
    assert len(filters_of(text)) == MOST_SHOWN + 1
    assert "5 smaller groups" in text


async def test_other_tables_and_older_servers_have_none(browser: TestClient, fake_server: FakeServer):
    assert 'aria-label="Groups of jobs"' not in await page(browser, "/workflows/1/tables/results")
    fake_server.answer("list_job_groups", Refusal(404, "no such operation"))
    assert 'aria-label="Groups of jobs"' not in await page(browser, "/workflows/1/jobs")
