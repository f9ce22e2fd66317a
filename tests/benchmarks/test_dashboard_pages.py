"""The pages that the benchmark of the dashboard visits."""

from benchmarks.workloads.dashboard import DASHBOARD, pages


def test_pages_are_those_of_the_route_table():
    found = pages()
    assert {"/workflows", "/workflows/{id}/graph", "/jobs/{id}/log", "/workflows/{id}/tables/results"} <= set(found)
    assert not [path for path in found if path.endswith(".csv") or path in {"/live", "/workflows/{id}/export"}]


def test_each_page_has_a_row_with_its_budget():
    limits = {row.value: row.target.limit for row in DASHBOARD.rows if row.target is not None}
    assert all(limits[path] <= 150 for path in pages())
    assert (limits["/jobs/{id}"], limits["/workflows"]) == (60, 100)
