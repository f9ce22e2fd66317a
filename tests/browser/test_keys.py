"""The palette, the keys, the title and the notifications of the dashboard."""

from support import needs
from support.browsing import HOSTILE, PATIENCE_MS, Visit, expect, make_hostile_workflow, make_workflow, tell
from support.processes import Server

pytestmark = needs.programs("chromium")


def test_the_palette_goes_to_workflows_jobs_and_pages(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "ensemble", 3)
    visit.open("/workflows")
    visit.page.keyboard.press("Control+k")
    palette = visit.page.get_by_role("dialog", name="Go to")
    visit.page.locator("#palette input").fill("ensem")
    palette.get_by_role("option", name="ensemble").click()
    visit.page.wait_for_url(f"**/workflows/{workflow_id}")
    visit.page.keyboard.press("/")
    visit.page.locator("#palette input").fill("job_001")
    expect(palette.get_by_role("option", name="job_001")).to_be_visible()
    visit.page.locator("#palette input").fill("settings")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/settings")
    assert visit.complaints == []


def test_hostile_names_in_the_palette_stay_texts(server: Server, visit: Visit):
    workflow_id = make_hostile_workflow(server)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.keyboard.press("Control+k")
    visit.page.locator("#palette input").fill("img")
    expect(visit.page.get_by_role("option", name=HOSTILE).first).to_be_visible()
    assert visit.page.locator("dialog img").count() == 0
    assert visit.page.title() != "owned"
    assert visit.complaints == []


def test_rows_are_walked_and_opened_by_keys(server: Server, visit: Visit):
    make_workflow(server, "first", 1)
    second = make_workflow(server, "second", 1)
    visit.open("/workflows")
    visit.page.keyboard.press("j")
    expect(visit.page.locator("tr.is-chosen")).to_contain_text("second")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"**/workflows/{second}")
    visit.page.keyboard.press("g")
    visit.page.keyboard.press("w")
    visit.page.wait_for_url("**/workflows")
    visit.page.keyboard.press("?")
    expect(visit.page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_keys_of_one_letter_can_be_switched_off(server: Server, visit: Visit):
    make_workflow(server, "first", 1)
    visit.open("/settings")
    visit.page.get_by_role("group", name="Keys of one letter").get_by_label("off").check()
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.locator("html")).to_have_attribute("data-keys", "off")
    visit.open("/workflows")
    visit.page.keyboard.press("j")
    assert visit.page.locator("tr.is-chosen").count() == 0
    visit.page.keyboard.press("Control+k")
    expect(visit.page.locator("#palette input")).to_be_focused()


def test_the_title_says_how_far_the_workflow_is(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 2)
    visit.open(f"/workflows/{workflow_id}")
    assert visit.page.title() == "0 % sweep · Torc"
    tell(server, lambda client: client.workflows.cancel_workflow(workflow_id))
    expect(visit.page).to_have_title("sweep · Torc", timeout=PATIENCE_MS)


def test_a_followed_workflow_is_announced_when_it_ends(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "sweep", 2)
    visit.page.context.grant_permissions(["notifications"])
    visit.page.add_init_script(
        """window.Notification = class extends EventTarget {
      static permission = "granted";
      constructor(title, options) { super(); document.documentElement.dataset.shown = `${title}: ${options.body}`; }
    };"""
    )
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_role("button", name="Follow").click()
    expect(visit.page.get_by_role("button", name="Following")).to_be_visible()
    tell(server, lambda client: client.workflows.cancel_workflow(workflow_id))
    html = visit.page.locator("html")
    expect(html).to_have_attribute("data-shown", "sweep: was canceled", timeout=PATIENCE_MS)
    expect(visit.page.get_by_role("button", name="Follow", exact=True)).to_be_visible()
