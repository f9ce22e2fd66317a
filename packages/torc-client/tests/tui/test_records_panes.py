"""Tables of records in the app: windows, order, filter, selection, details."""

from typing import Any

import pytest

from torc_client.api.enums import JobStatus
from torc_client.testing.fake_server import FakeServer, Received, Refusal
from torc_client.tui.panes.records import RecordsPane
from torc_client.tui.screens.filter_dialog import FilterDialog
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.window_table import WindowTable
from tui_screens import lines_of, page_of, settled, text_of, until

TOTAL = 100_002


def job(at: int, **members: Any) -> dict[str, Any]:
    return {"id": at, "workflow_id": 2, "name": f"work_{at}", "command": "true", "status": "ready", **members}


def some_jobs(call: Received, total: int = TOTAL) -> dict[str, Any]:
    """Answer as a server with many jobs does. Only tables ask from an offset."""
    if "offset" not in call.query:
        return page_of([])
    offset, limit = call.query["offset"], call.query["limit"]
    ids = range(offset + 1, min(offset + limit, total) + 1)
    if call.query.get("reverse_sort"):
        ids = range(total - offset, max(total - offset - limit, 0), -1)
    return page_of([job(at) for at in ids], total) | {"offset": offset}


@pytest.fixture
def jobs(server: FakeServer) -> FakeServer:
    """A server with 100,002 jobs."""
    server.answer("list_jobs", some_jobs)
    return server


def asked_by_tables(server: FakeServer) -> list[Received]:
    """Return the calls for jobs without those of the overview."""
    return [call for call in server.calls_of("list_jobs") if "offset" in call.query]


async def shown(app, pilot, view="jobs") -> WindowTable:
    """Show a view, wait for its rows, and return its table."""
    await settled(pilot)
    await app.main.show_view(view, focus=True)
    await settled(pilot)
    return pane_of(app).table


def pane_of(app) -> RecordsPane:
    assert isinstance(app.main.view, RecordsPane)
    return app.main.view


async def press(pilot, *keys):
    await pilot.press(*keys)
    await settled(pilot)


def rows_of(app) -> list[str]:
    lines = lines_of(app)
    begin = max(at for at, line in enumerate(lines) if "Name²" in line)
    return lines[begin + 1 : -1]


async def test_a_table_asks_for_windows_and_never_for_all_rows(make_app, jobs):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        table = await shown(app, pilot)
        await press(pilot, "G")
        assert rows_of(app)[-1].split()[1:3] == ["100002", "work_100002"]
        await press(pilot, "left_square_bracket", "g", "right_square_bracket")
        assert table.cursor == 250
        assert "251 of 100,002 jobs" in text_of(app)
        assert len(table.known_rows()) <= 1_000
    asked = [(call.query["offset"], call.query["limit"]) for call in asked_by_tables(jobs)]
    assert all(limit <= 250 for _, limit in asked)
    assert len(asked) <= 8
    assert app.unexpected == []


async def test_rows_scroll_across_windows_without_a_key_for_the_next_page(make_app, jobs):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        table = await shown(app, pilot)
        for _ in range(40):
            await pilot.press("pagedown")
        await settled(pilot)
        assert table.row is not None
        assert table.row.record.id == table.cursor + 1 > 400
        assert "…" not in "".join(rows_of(app))


async def test_digits_sort_on_the_server_and_the_same_one_reverses(make_app, jobs):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        await press(pilot, "2")
        await press(pilot, "2")
        assert "Name²▼" in text_of(app)
        await press(pilot, "8")
    queries = [(call.query["sort_by"], call.query["reverse_sort"]) for call in asked_by_tables(jobs)]
    assert list(dict.fromkeys(queries)) == [("id", False), ("name", False), ("name", True)]


async def test_the_cursor_stays_with_its_record_when_rows_change(make_app, server):
    server.answer("list_jobs", lambda _: page_of([job(at) for at in (5, 7, 9)]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        table = await shown(app, pilot)
        await press(pilot, "down")
        server.answer("list_jobs", lambda _: page_of([job(at) for at in (1, 2, 5, 7, 9)]))
        pane_of(app).reload()
        await settled(pilot)
        assert table.row is not None
        assert table.row.record.id == 7
        assert rows_of(app)[3].split()[:2] == ["▸", "7"]


async def test_a_filter_is_written_with_offered_words_and_its_problem_is_shown(make_app, jobs):
    jobs.answer("list_job_groups", {"groups": [], "edges": [], "edges_left_off": 0})
    jobs.answer("list_compute_nodes", page_of([]))
    jobs.answer("list_resource_requirements", page_of([]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterDialog))
        await pilot.press(*"colour=red", "enter")
        await until(pilot, lambda: "there is no field 'colour'" in text_of(app))
        await press(pilot, *["backspace"] * 10, *"stat", "tab", *"fai", "tab", "enter")
        assert "filter: status=failed" in text_of(app)
        await press(pilot, "c")
        assert "filter:" not in text_of(app)
    asked = [call.query.get("filter") for call in asked_by_tables(jobs)]
    assert list(dict.fromkeys(asked)) == [None, "status=failed"]
    assert asked[-1] is None


async def test_equals_filters_by_the_status_of_the_row(make_app, jobs):
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        await press(pilot, "equals_sign")
    assert asked_by_tables(jobs)[-1].query["filter"] == "status=ready"


async def test_space_selects_rows_and_the_asterisk_all_that_match(make_app, server):
    server.answer("list_jobs", lambda call: some_jobs(call, 3_000) if "id>" not in call.query.get("filter", "")
                  else page_of([]))  # fmt: skip
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        assert pane_of(app).chosen_ids() == (1,)
        await press(pilot, "space", "down", "space")
        assert pane_of(app).chosen_ids() == (1, 3)
        assert "2 selected" in text_of(app)
        await press(pilot, "asterisk")
        assert pane_of(app).chosen_ids() == (4,)
        await press(pilot, "asterisk")
        assert len(pane_of(app).chosen_ids()) == 3_000


async def test_an_empty_table_says_how_to_get_records(make_app, server):
    server.answer("list_files", page_of([]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, "files")
        assert "No files. Add one: torc files create" in text_of(app)
        await pane_of(app).set_filter("name~x")
        await settled(pilot)
        assert "No files match the filter. Remove it: c" in text_of(app)


async def test_without_a_workflow_no_rows_are_awaited(make_app, server):
    server.answer("list_workflows", page_of([]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        assert "  No workflow is chosen." in lines_of(app)
        assert "  …" not in lines_of(app)


async def test_details_of_user_data_show_all_of_it_without_control_characters(make_app, server):
    data = {"alpha": 0.5, "text": "a \x1b[31mred\x1b[0m text"}
    server.answer("list_user_data", page_of([{"id": 1, "workflow_id": 2, "name": "settings", "data": data}]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot, "user_data")
        await pilot.press("enter")
        await until(pilot, lambda: '"text": "a \\u001b[31mred\\u001b[0m text"' in text_of(app))
        await press(pilot, "y", "escape")
    assert app.unexpected == []


async def test_everything_of_a_job_is_shown_and_its_command_is_copied(make_app, jobs):
    result = {
        "id": 1, "job_id": 1, "workflow_id": 2, "run_id": 1, "attempt_id": 1, "compute_node_id": 3, "return_code": 137,
        "exec_time_minutes": 0.5, "completion_time": "2026-11-30T08:05:00Z", "status": "failed",
        "peak_memory_bytes": 2**30,
    }  # fmt: skip
    needs = {"id": 4, "workflow_id": 2, "name": "large", "memory": "2g", "num_cpus": 1, "num_gpus": 0, "num_nodes": 1,
             "runtime": "PT1M"}  # fmt: skip
    jobs.answer(
        "get_job", job(1, status="failed", resource_requirements_id=4, input_file_ids=[5], command="work --all")
    )
    jobs.answer("get_workflow", {"id": 2, "name": "sweep", "user": "ada", "run_id": 1})
    jobs.answer("list_results", page_of([result]))
    jobs.answer("get_resource_requirements", needs)
    jobs.answer("get_compute_node", {"id": 3, "workflow_id": 2, "hostname": "n1", "pid": 1, "num_cpus": 1,
                                     "memory_gb": 1.0, "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local",
                                     "start_time": "2026-11-30T08:00:00Z"})  # fmt: skip
    jobs.answer("list_files", page_of([{"id": 5, "workflow_id": 2, "name": "in", "path": "in.txt"}]))
    jobs.answer("get_job_output", Refusal(404, "no output"))
    near = [{"job_id": 1, "job_name": "work_1", "status": "failed", "step": 0},
            {"job_id": 9, "job_name": "prepare", "status": "completed", "step": -1}]  # fmt: skip
    jobs.answer("list_neighbours", {"workflow_id": 2, "jobs": near, "edges": [], "steps": []})
    async with (app := make_app()).run_test(size=(100, 40)) as pilot:
        await shown(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "work --all" in text_of(app))
        text = text_of(app)
        for part in ("✗ failed", "Exit code 137", "30 s", "n1 (compute node 3)", "1.0 GiB of 2g (50 %)",
                     "large (id 4)", "prepare (9)", "✓ completed", "in.txt, not there yet"):  # fmt: skip
            assert part in text, part
        await pilot.press("y")
        assert app.clipboard == "work --all"
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogViewer))
    assert app.unexpected == []


async def test_the_jobs_of_a_group_are_shown(make_app, jobs):
    counts = dict.fromkeys([status.value for status in JobStatus], 0)
    group = {"key": "work_#", "label": "work_#", "first_job_id": 1, "total_jobs": 9, "merged_groups": 0,
             "highest_priority": 0, "lowest_priority": 0, "resource_requirements_ids": [],
             "jobs_by_status": counts | {"completed": 7, "failed": 2}}  # fmt: skip
    jobs.answer("list_job_groups", {"groups": [group], "edges": [], "edges_left_off": 0})
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        await pilot.press("b")
        await until(pilot, lambda: "work_#  9/9 ended  ✗ 2 failed" in text_of(app))
        await press(pilot, "enter")
    assert jobs.calls_of("list_jobs")[-1].query["filter"] == "group=work_#"


async def test_another_table_of_the_view_keeps_its_own_filter(make_app, jobs):
    jobs.answer("list_resource_requirements", page_of([]))
    async with (app := make_app()).run_test(size=(80, 24)) as pilot:
        await shown(app, pilot)
        await press(pilot, "equals_sign", "full_stop")
        assert pane_of(app).chosen_ids() == ()
        assert "No resource requirements. Add one" in text_of(app)
        await press(pilot, "full_stop")
        assert "filter: status=ready" in text_of(app)


async def test_workflows_are_sorted_by_the_server(make_app, server):
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
    query = server.calls_of("list_workflows")[-1].query
    assert (query["sort_by"], query["reverse_sort"], query["user"]) == ("name", False, "ada")


NARROW = """
  ID¹▲ Name²                    Status³         Host               Elapsed Exit
     3 \\u001b[31mred\\u001b[0m … ✗ failed        node-17.cluster 1 h 15 min  137
 ■   4 work_4                   · uninitialized
▸    5 work_5                   ‖ blocked
"""
WIDE = """
  ID¹▲ Name²                                   Status³         Host            Started⁴                Elapsed Exit Peak memory Memory Peak CPU Attempt⁵
     3 \\u001b[31mred\\u001b[0m [b]bold[/b] 日本 ✗ failed        node-17.cluster 2020-01-01 08:00:00Z 1 h 15 min  137     5.0 GiB
 ■   4 work_4                                  · uninitialized
▸    5 work_5                                  ‖ blocked
"""  # noqa: E501 - the lines of a wide terminal


@pytest.mark.parametrize(("size", "expected"), [((80, 24), NARROW), ((200, 50), WIDE)])
async def test_the_rows_of_jobs_in_narrow_and_wide_terminals(make_app, server, size, expected):
    hostile = job(3, name="\x1b[31mred\x1b[0m [b]bold[/b] 日本", status="failed", start_time="2020-01-01T08:00:00Z",
                  compute_node_id=3)  # fmt: skip
    result = {"id": 1, "job_id": 3, "workflow_id": 2, "run_id": 1, "attempt_id": 1, "compute_node_id": 3,
              "return_code": 137, "exec_time_minutes": 75.0, "completion_time": "2020-01-01T09:15:00Z",
              "status": "failed", "peak_memory_bytes": 5 * 2**30}  # fmt: skip
    node = {"id": 3, "workflow_id": 2, "hostname": "node-17.cluster", "pid": 1, "num_cpus": 1, "memory_gb": 1.0,
            "num_gpus": 0, "num_nodes": 1, "compute_node_type": "local",
            "start_time": "2020-01-01T07:00:00Z"}  # fmt: skip
    server.answer("list_compute_nodes", page_of([node]))
    server.answer("list_results", page_of([result]))
    server.answer("list_jobs", page_of([hostile, job(4, status="uninitialized"), job(5, status="blocked")]))
    async with (app := make_app()).run_test(size=size) as pilot:
        await shown(app, pilot)
        await press(pilot, "down", "space")
        lines = lines_of(app)
        begin = max(at for at, line in enumerate(lines) if "Name²" in line)
        assert lines[begin : begin + 4] == expected.strip("\n").splitlines()
