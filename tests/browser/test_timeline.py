"""The timeline in a real browser: bars lead to jobs, dragging zooms, and the axis is in the zone of the reader."""

import re
from typing import Any

from support import needs
from support.browsing import (
    HOSTILE,
    PATIENCE_MS,
    Visit,
    expect,
    make_hostile_workflow,
    make_workflow,
    run_failed_workflow,
    tell,
)
from support.processes import Place, Server
from torc_client.api.records import ComputeNodeModel
from torc_client.client import TorcClient

pytestmark = needs.programs("chromium")

TICKS = """async ([start, end, most]) => {
  const { ticks } = await import("/static/timeline.js");
  return ticks(Date.parse(start), Date.parse(end), most).map(
    ({ time, text }) => [new Date(time).toISOString().slice(11, 16), text]);
}"""


def begin(server: Server, workflow_id: int, hostname: str, jobs: int = 1) -> None:
    """Start jobs on a host."""

    async def start(client: TorcClient) -> None:
        node = await client.compute_nodes.create_compute_node(
            ComputeNodeModel(
                workflow_id=workflow_id, hostname=hostname, pid=1, start_time="2026-01-01T00:00:00Z", num_cpus=8,
                memory_gb=8.0, num_gpus=0, num_nodes=1, compute_node_type="local", is_active=True,
            )
        )  # fmt: skip
        assert node.id is not None
        claimed = await client.workflows.claim_next_jobs(workflow_id, limit=jobs)
        for job in claimed.jobs or []:
            assert job.id is not None
            await client.jobs.start_job(job.id, run_id=0, compute_node_id=node.id)

    tell(server, start)


def drag(page: Any, first: float, last: float, *, by_key: str = "") -> None:
    """Drag over a part of the plot, from one share of its width to another."""
    box = page.locator(".timeline-plot").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + first * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + last * box["width"], y, steps=4)
    if by_key:
        page.keyboard.press(by_key)
    page.mouse.up()


def test_a_bar_leads_to_its_job(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}/timeline?lanes=groups")
    expect(visit.page.locator(".timeline-names a")).to_have_count(3)
    bar = visit.page.locator(".timeline-plot a", has=visit.page.locator(".fill-failed"))
    expect(bar.locator("title")).to_contain_text("simulate_2: failed")
    bar.locator("rect").first.click()
    visit.page.wait_for_url("**/jobs/*?run=1&attempt=1")
    visit.sees("simulate_2")
    assert visit.complaints == []


def test_a_drag_and_the_links_show_a_part_of_the_time(server: Server, visit: Visit):
    # Jobs that run are in each part of the time.
    workflow_id = make_workflow(server, "sweep", 2)
    begin(server, workflow_id, "host", 2)
    page = visit.page
    visit.open(f"/workflows/{workflow_id}/timeline")
    expect(page.locator("#zoom-whole")).to_have_attribute("aria-disabled", "true")
    drag(page, 0.2, 0.6, by_key="Escape")
    assert "start=" not in page.url
    drag(page, 0.2, 0.6)
    page.wait_for_url(re.compile("start=.*&end="))
    start, end = (float(page.locator("timeline-zoom").get_attribute(f"data-{name}")) for name in ("start", "end"))
    page.locator("#zoom-in").click()
    expect(page.locator("timeline-zoom")).not_to_have_attribute("data-start", str(start))
    inner = [float(page.locator("timeline-zoom").get_attribute(f"data-{name}")) for name in ("start", "end")]
    assert start < inner[0] < inner[1] < end
    page.locator("#zoom-whole").click()
    page.wait_for_url(f"**/workflows/{workflow_id}/timeline")
    assert visit.complaints == []


def test_a_part_of_the_time_stays_while_jobs_start(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 4)
    begin(server, workflow_id, "first")
    page = visit.page
    visit.open(f"/workflows/{workflow_id}/timeline")
    expect(page.locator("#liveness")).to_have_attribute("data-mode", "stream", timeout=PATIENCE_MS)
    begin(server, workflow_id, "second", 2)
    # A bar appears by itself.
    expect(page.locator(".timeline-names a")).to_have_count(2, timeout=PATIENCE_MS)
    page.locator("#zoom-in").click()
    page.wait_for_url("**start=*")
    expect(page.locator("#liveness")).to_have_attribute("data-mode", "stream", timeout=PATIENCE_MS)
    start = page.locator("timeline-zoom").get_attribute("data-start")
    begin(server, workflow_id, "third")
    expect(page.locator(".timeline-names a")).to_have_count(3, timeout=PATIENCE_MS)
    assert page.locator("timeline-zoom").get_attribute("data-start") == start
    assert visit.complaints == []


def test_the_axis_follows_the_clock_of_the_reader(chromium: Any, dashboard: str):
    context = chromium.new_context(timezone_id="Europe/Berlin")
    visit = Visit(context.new_page(), dashboard.partition("/?")[0], dashboard)
    visit.open("/settings")
    page = visit.page
    # The hour from two to three is left out.
    assert page.evaluate(TICKS, ["2026-03-28T22:30:00Z", "2026-03-29T03:30:00Z", 6]) == [
        ["23:00", "03-29 00:00"], ["00:00", "01:00"], ["01:00", "03:00"], ["02:00", "04:00"], ["03:00", "05:00"],
    ]  # fmt: skip
    # The hour from two to three comes twice.
    assert page.evaluate(TICKS, ["2026-10-24T22:30:00Z", "2026-10-25T04:30:00Z", 3]) == [
        ["00:00", "10-25 02:00"], ["03:00", "04:00"],
    ]  # fmt: skip
    assert page.evaluate(TICKS, ["2026-06-01T00:00:00Z", "2026-06-04T00:00:00Z", 4]) == [
        ["22:00", "2026-06-02"], ["22:00", "2026-06-03"], ["22:00", "2026-06-04"],
    ]  # fmt: skip
    context.close()


def test_hostile_names_are_inert(server: Server, visit: Visit):
    workflow_id = make_hostile_workflow(server)
    begin(server, workflow_id, HOSTILE, 5)
    for lanes in ("hosts", "groups"):
        visit.open(f"/workflows/{workflow_id}/timeline?lanes={lanes}&table=1")
        expect(visit.page.locator(".timeline-plot a").first).to_be_attached()
        assert visit.page.locator("main img").count() == 0
        assert visit.page.title() != "owned"
    assert visit.complaints == []
