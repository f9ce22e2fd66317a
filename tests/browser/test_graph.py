"""The graph in a real browser: it is drawn, it can be moved by keys, and a box leads to its jobs."""

from support import needs
from support.browsing import Visit, expect, make_hostile_workflow, run_failed_workflow
from support.processes import Place, Server

pytestmark = needs.programs("chromium")


def test_groups_are_drawn_and_lead_to_their_jobs(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}/graph")
    expect(visit.page.locator("svg.graph .node")).to_have_count(3)
    expect(visit.page.locator("svg.graph .arrow")).to_have_count(2)
    visit.sees("simulate_#")
    visit.page.locator("svg.graph .node", has_text="prepare").click()
    visit.page.wait_for_url("**/graph?job=*")
    visit.sees("Jobs near prepare")
    expect(visit.page.locator("svg.graph .node")).to_have_count(5)
    assert visit.complaints == []


def test_keys_and_buttons_move_and_enlarge(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}/graph")
    graph = visit.page.locator("svg.graph")
    before = float(graph.get_attribute("width"))
    for _ in range(6):
        visit.page.get_by_role("button", name="Larger").click()
    assert float(graph.get_attribute("width")) > 2 * before
    frame = visit.page.locator(".graph-frame")
    frame.focus()
    at = frame.evaluate("frame => frame.scrollLeft")
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_function("at => document.querySelector('.graph-frame').scrollLeft > at", arg=at)
    visit.page.keyboard.press("0")
    assert float(graph.get_attribute("width")) <= before
    assert visit.complaints == []


def test_hostile_names_are_inert(server: Server, visit: Visit):
    workflow_id = make_hostile_workflow(server)
    visit.open(f"/workflows/{workflow_id}/graph")
    expect(visit.page.locator("svg.graph .node").first).to_be_visible()
    assert visit.page.locator("main img").count() == 0
    assert visit.page.title() != "owned"
    assert visit.complaints == []
