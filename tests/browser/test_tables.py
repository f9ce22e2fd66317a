"""Tables in a real browser: filter, columns, files, selection, and pages narrow and wide."""

from support import needs
from support.browsing import Visit, expect, make_workflow, run_failed_workflow
from support.processes import Place, Server

pytestmark = needs.programs("chromium")


def test_a_filter_is_typed_explained_and_kept_in_the_address(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 120)
    visit.open(f"/workflows/{workflow_id}/jobs")
    visit.sees("1\N{EN DASH}50 of 120 jobs")
    box = visit.page.get_by_label("Filter", exact=True)
    box.fill("job_11 statsu=ready")
    visit.sees("did you mean status?")
    box.fill("job_11 status=ready")
    visit.sees("1\N{EN DASH}10 of 10 jobs")
    assert "filter=job_11" in visit.page.url
    visit.page.get_by_role("link", name="failed", exact=True).click()
    visit.sees("No jobs match")
    visit.page.get_by_role("link", name="Clear the filter").click()
    visit.sees("1\N{EN DASH}50 of 120 jobs")
    expect(box).to_have_value("")
    assert visit.complaints == []


def test_columns_are_chosen_and_rows_are_sorted(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 60)
    visit.open(f"/workflows/{workflow_id}/jobs")
    visit.page.get_by_text("Columns", exact=True).first.click()
    visit.page.get_by_label("Command").check()
    visit.page.get_by_label("Host").uncheck()
    expect(visit.page.locator("th", has_text="Command")).to_be_visible()
    expect(visit.page.locator("th", has_text="Host")).to_have_count(0)
    assert "command" in visit.page.url
    visit.page.get_by_text("Columns", exact=True).first.click()
    name = visit.page.locator("th", has_text="Name")
    name.locator("a").click()
    expect(name).to_have_attribute("aria-sort", "ascending")
    name.locator("a").click()
    expect(name).to_have_attribute("aria-sort", "descending")
    expect(visit.page.locator("tbody tr").first).to_contain_text("job_059")
    visit.page.click("#next")
    visit.sees("51\N{EN DASH}60 of 60 jobs")
    expect(visit.page.locator("th", has_text="Command")).to_be_visible()
    assert visit.complaints == []


def test_what_is_shown_can_be_saved_as_a_file(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 30)
    visit.open(f"/workflows/{workflow_id}/jobs?filter=job_02&columns=id,name,status")
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("link", name="CSV").click()
    lines = saved.value.path().read_text().split()
    assert lines[0] == "ID,Name,Status"
    assert [line.split(",")[1] for line in lines[1:]] == [f"job_02{number}" for number in range(10)]


def test_narrow_pages_show_rows_as_cards(server: Server, visit: Visit):
    workflow_id = make_workflow(server, "many", 3)
    visit.page.set_viewport_size({"width": 390, "height": 800})
    visit.open(f"/workflows/{workflow_id}/jobs")
    cell = visit.page.locator("td[data-label=Status]").first
    expect(cell).to_be_visible()
    width = visit.page.evaluate("document.querySelector('#records').scrollWidth")
    assert width <= 390
    assert visit.complaints == []


def test_a_click_on_a_group_filters_and_a_narrow_page_has_a_field(server: Server, place: Place, visit: Visit):
    workflow_id = run_failed_workflow(place, server)
    visit.page.set_viewport_size({"width": 1600, "height": 900})
    visit.open(f"/workflows/{workflow_id}/jobs?filter=status=completed")
    visit.sees("1\N{EN DASH}3 of 3 jobs")
    groups = visit.page.get_by_role("navigation", name="Groups of jobs")
    groups.get_by_role("link", name="simulate_#").click()
    visit.sees("1\N{EN DASH}2 of 2 jobs")
    expect(groups.get_by_role("link", name="simulate_#")).to_have_attribute("aria-current", "true")
    expect(visit.page.get_by_label("Filter", exact=True)).to_have_value("status=completed group=simulate_#")
    visit.page.set_viewport_size({"width": 390, "height": 800})
    expect(groups).to_be_hidden()
    visit.page.locator("#group-choice").select_option(label="prepare \N{MIDDLE DOT} 1/1")
    visit.sees("1\N{EN DASH}1 of 1 job")
    expect(visit.page.locator("tbody tr")).to_have_count(1)
    expect(visit.page.get_by_label("Filter", exact=True)).to_have_value("status=completed group=prepare")
    assert visit.complaints == []
