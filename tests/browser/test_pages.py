"""The dashboard's pages in a real browser: they stay true by themselves, and ask for nothing outside their origin."""

from support import needs
from support.browsing import HOSTILE, Visit, expect, make_workflow, run_failed_workflow, tell
from support.processes import Place, Server

pytestmark = needs.programs("chromium")


def test_the_list_grows_by_itself(server: Server, visit: Visit):
    visit.sees("No workflows yet")
    make_workflow(server, "first", 3)
    visit.sees("first")
    visit.sees("0 of 3 completed, waiting for a runner")
    visit.page.click("text=first")
    visit.sees("Nothing has run yet")
    assert visit.complaints == []


def test_a_workflow_page_stays_true(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 4)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees("waiting for a runner")
    tell(server, lambda client: client.workflows.cancel_workflow(workflow_id))
    visit.sees("canceled, 0 of 4 completed")
    assert visit.complaints == []


def test_a_failed_workflow_says_so(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}")
    visit.sees("1 failed")
    visit.sees("simulate_2 failed with exit code 3")
    visit.sees("FileNotFoundError: no grid")
    visit.page.get_by_role("link", name="log of simulate_2").click()
    expect(visit.page.locator(".ln.is-hit")).to_contain_text("FileNotFoundError: no grid")
    assert visit.complaints == []


def test_names_with_html_are_inert(server: Server, visit: Visit):
    workflow_id = make_workflow(server, HOSTILE, 1, command=f"echo '{HOSTILE}'")
    visit.sees(HOSTILE)
    visit.open(f"/workflows/{workflow_id}/jobs?columns=id,name,command")
    visit.sees(f"echo '{HOSTILE}'")
    assert visit.page.locator("main img").count() == 0
    assert visit.page.title() != "owned"
    assert visit.complaints == []


def test_a_server_that_goes_away_is_said_and_comes_back_by_itself(server: Server, visit: Visit):
    make_workflow(server, "steady", 2)
    visit.sees("steady")
    banner = visit.page.locator("#server-away")
    expect(banner).to_be_hidden()
    server.kill()
    expect(banner).to_be_visible(timeout=60_000)
    visit.sees("steady")
    server.start()
    expect(banner).to_be_hidden(timeout=60_000)
    make_workflow(server, "afterwards", 1)
    visit.sees("afterwards")


def test_a_dashboard_that_goes_away_is_said(server: Server, visit: Visit, place: Place):
    make_workflow(server, "steady", 2)
    visit.sees("steady")
    visit.page.context.set_offline(offline=True)
    banner = visit.page.locator("#dash-away")
    expect(banner).to_be_visible(timeout=60_000)
    visit.page.context.set_offline(offline=False)
    expect(banner).to_be_hidden(timeout=60_000)


def test_a_page_opened_while_the_server_is_away_fills_itself(server: Server, visit: Visit):
    make_workflow(server, "patient", 2)
    server.kill()
    visit.open("/workflows")
    visit.sees("The Torc server does not answer")
    server.start()
    visit.sees("patient")


def test_pages_can_be_used_by_keyboard_and_have_labels(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "accessible", 2)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    unlabelled = visit.page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(one => !one.labels.length && !one.getAttribute('aria-label')).length"
    )
    assert unlabelled == 0
    assert visit.page.locator("html").get_attribute("lang") == "en"
    assert visit.page.locator("h1").count() == 1
