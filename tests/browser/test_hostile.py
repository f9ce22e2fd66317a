"""Hostile names of workflows and jobs on all pages stay texts."""

from support import needs
from support.browsing import HOSTILE, Visit, make_hostile_workflow
from support.processes import Server

pytestmark = needs.programs("chromium")


def test_hostile_names_stay_texts(server: Server, visit: Visit):
    workflow_id = make_hostile_workflow(server)
    for path in ("/workflows", f"/workflows/{workflow_id}"):
        visit.open(path)
        visit.sees(HOSTILE)
        visit.sees("0 of 5 completed")
        assert visit.page.locator("main img, main script").count() == 0
        assert "owned" not in visit.page.evaluate("document.title.replace(/<[^>]*>/g, '')")
        assert visit.page.evaluate("typeof window.owned") == "undefined"
    assert visit.complaints == []
