"""Actions in a dialog: the keyboard stays in it, Escape closes it, and the result of the form is shown in it."""

from support import needs
from support.browsing import PATIENCE_MS, Visit, expect, make_workflow, run_failed_workflow
from support.processes import Place, Server

pytestmark = needs.programs("chromium")

_IS_INSIDE = "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"


def test_the_keyboard_stays_in_the_dialog_and_returns(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "some", 3)
    visit.open(f"/workflows/{workflow_id}/jobs")
    link = visit.page.get_by_role("link", name="Run here", exact=True)
    link.focus()
    visit.page.keyboard.press("Enter")
    dialog = visit.page.get_by_role("dialog", name="Run here")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Jobs at once")).to_be_focused()
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate(_IS_INSIDE)
    visit.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    # A link in a menu is hidden when Escape closes the menu, too.
    visit.page.get_by_text("More", exact=True).click()
    visit.page.get_by_role("link", name="Archive", exact=True).click()
    expect(visit.page.get_by_role("dialog", name="Archive")).to_be_visible()
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    expect(visit.page.locator("details.menu > summary")).to_be_focused()
    assert visit.complaints == []


def test_the_result_of_the_form_is_shown_in_the_dialog(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "some", 3)
    visit.open(f"/workflows/{workflow_id}/jobs")
    visit.page.get_by_role("link", name="Run here", exact=True).click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_label("Jobs at once").fill("many")
    dialog.get_by_role("button", name="Run here", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("'many' is not a number")
    dialog.get_by_label("Jobs at once").fill("2")
    dialog.get_by_role("button", name="Run here", exact=True).click()
    expect(dialog.locator("#task .chip.is-completed")).to_be_visible(timeout=PATIENCE_MS)
    expect(dialog).to_contain_text("3 completed")
    assert visit.page.url.endswith(f"/workflows/{workflow_id}/jobs")
    dialog.get_by_role("button", name="Close", exact=True).click()
    # The page behind it has followed.
    expect(visit.page.locator("#frame_state")).to_contain_text("3 of 3 completed", timeout=PATIENCE_MS)
    # The console reports the form that was refused.
    assert [one for one in visit.complaints if "422" not in one] == []


def test_a_dialog_is_closed_by_its_way_back(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "some", 3)
    visit.open(f"/workflows/{workflow_id}/events")
    visit.page.get_by_role("link", name="Run here", exact=True).click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_role("link", name="Back", exact=True).click()
    expect(dialog).to_have_count(0)
    assert visit.page.url.endswith("/events")
    assert visit.complaints == []


def test_the_command_of_a_failed_job_is_corrected(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_role("link", name="job", exact=True).click()
    visit.page.locator("#job-command").get_by_role("link", name="edit", exact=True).click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_label("Reset it first").check()
    dialog.get_by_role("textbox", name="Command").fill("echo one\necho two")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.locator("#task .chip.is-completed")).to_be_visible(timeout=PATIENCE_MS)
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(visit.page.locator("#job-command + pre")).to_have_text("echo one\necho two", timeout=PATIENCE_MS)
    assert visit.complaints == []
