"""The pages of access groups: from a workflow to a group, and a member who is removed in a dialog."""

from support import needs
from support.browsing import PATIENCE_MS, Visit, expect, make_group, make_workflow
from support.processes import Server

pytestmark = needs.programs("chromium")


def test_from_a_workflow_to_its_group_and_a_change_of_it(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "shared", 1)
    group_id = make_group(server, workflow_id)
    visit.open(f"/workflows/{workflow_id}")
    visit.page.get_by_role("link", name="solar", exact=True).click()
    expect(visit.page.get_by_role("heading", name="solar")).to_be_visible()
    assert visit.page.url.endswith(f"/access-groups/{group_id}")

    visit.page.get_by_role("row", name="ann").get_by_role("link", name="Remove member").click()
    dialog = visit.page.get_by_role("dialog", name="Remove member")
    expect(dialog).to_contain_text(f"torc access-groups remove-user {group_id} ann")
    dialog.get_by_role("button", name="Remove member").click()
    expect(dialog).to_contain_text(f"ann is no longer in access group {group_id}.", timeout=PATIENCE_MS)
    visit.open(f"/access-groups/{group_id}")
    expect(visit.page.get_by_role("row", name="ann")).to_have_count(0)

    visit.page.get_by_role("textbox", name="User", exact=True).fill("ben")
    visit.page.get_by_label("Admin: may add").check()
    visit.page.get_by_role("button", name="Add member").click()
    expect(visit.page.locator("#command")).to_have_text(f"torc access-groups add-user --role=admin {group_id} ben")

    visit.open("/workflows")
    visit.page.get_by_role("navigation", name="Access group").get_by_role("link", name="solar").click()
    expect(visit.page.get_by_role("row", name="shared")).to_be_visible()
    assert visit.page.url.endswith("access_group=solar")
    assert visit.complaints == []
