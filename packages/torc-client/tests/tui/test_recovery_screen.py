"""The recovery as a table: ticks and values change what it would do, and only `a` and a yes do it."""

from contextlib import asynccontextmanager

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import ResourceRequirementsModel
from torc_client.tui.screens.log_viewer import LogViewer
from torc_client.tui.screens.proposal_dialog import ProposalDialog
from torc_client.tui.screens.recovery import RecoveryScreen
from tui_screens import SIZES, assert_golden, settled, text_of

EMPTY = {"items": [], "count": 0, "total_count": 0, "offset": 0, "max_limit": 10_000, "has_more": False}


def page(items):
    return {**EMPTY, "items": items, "count": len(items), "total_count": len(items)}


@pytest.fixture
def failures(server, make):
    """Two jobs lacked memory, one failed by itself. They share requirements."""
    failed = [make.job(n, name=f"work_{n}", status=JobStatus.FAILED, resource_requirements_id=5) for n in (1, 2)]
    failed.append(make.job(3, name="report", status=JobStatus.FAILED, resource_requirements_id=6))
    results = [
        make.result(n, return_code=137, status=JobStatus.FAILED, peak_memory_bytes=2**30 + n) for n in (1, 2)
    ]  # fmt: skip
    results.append(make.result(3, return_code=1, status=JobStatus.FAILED))
    server.answer("get_workflow", make.workflow(7))
    server.answer("get_workflow_status", make.status(run_id=1))
    for listing in (
        "list_scheduled_compute_nodes", "list_compute_nodes", "list_files", "list_slurm_schedulers",
        "list_remote_workers",
    ):  # fmt: skip
        server.answer(listing, [] if listing == "list_remote_workers" else EMPTY)
    needs = [
        ResourceRequirementsModel(id=5, workflow_id=7, name="big", memory="1g", runtime="PT1H", num_cpus=1),
        ResourceRequirementsModel(id=6, workflow_id=7, name="small", memory="1g", runtime="PT1H", num_cpus=1),
    ]
    server.answer("list_resource_requirements", page(needs))

    def listed(records):
        return lambda call: records if call.query.get("status") == "failed" or call.query.get("limit") == 0 else EMPTY

    server.answer("get_job", lambda call: failed[call.path["id"] - 1])
    server.answer("list_jobs", listed(make.jobs(failed)))
    server.answer("list_results", listed(page(results)))
    server.answer("create_event", {"id": 1, "workflow_id": 7, "data": {}, "timestamp": 0})
    server.answer("restart_jobs", {"run_id": 2, "updated_count": 1})
    return server


@pytest.fixture
def recovering(failures, make_app):
    """Open the screen; yields the app, the pilot and the answers of the screen."""

    @asynccontextmanager
    async def opened(size=(80, 24), **options):
        app, answers = make_app(workflow_id=7), []
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await app.push_screen(RecoveryScreen(7, **options), answers.append)
            await settled(pilot)
            yield app, pilot, answers
        assert app.unexpected == []

    return opened


def errors(app):
    return [f"{each.title}: {each.message}" for each in app._notifications if each.severity == "error"]


def changes(server):
    return [call for call in server.calls if call.operation == "restart_jobs"]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_screen(recovering, failures, size):
    async with recovering(size) as (app, _pilot, _answers):
        assert_golden(app, f"recovery-{size[0]}x{size[1]}")


async def test_it_shows_causes_and_what_would_be_done(recovering, failures):
    async with recovering() as (app, _pilot, _answers):
        shown = text_of(app)
    assert "[x]  Out of memory" in shown
    assert "1g → " in shown
    assert "[ ]  Failed by itself" in shown
    assert "2 jobs will be ready to run again, and what depends on them." in shown
    assert "1 unsuccessful job stays as it is." in shown
    assert not changes(failures)


async def test_ticks_and_values_are_applied_as_shown(recovering, failures):
    async with recovering() as (app, pilot, answers):
        await pilot.press("asterisk")
        await settled(pilot)
        assert "3 jobs will be ready to run again" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ProposalDialog)
        await pilot.press("ctrl+u", *"4g", "enter")
        await pilot.pause()
        await settled(pilot)
        assert "big: memory 1g → 4g" in text_of(app)
        await pilot.press("a")
        await pilot.pause()
        assert not changes(failures)
        await pilot.press("y")
        await settled(pilot)
    (call,) = changes(failures)
    (correction,) = call.body["corrections"]
    assert (correction["resource_requirements_id"], correction["memory"]) == (5, "4g")
    assert call.body["known_run_id"] == 1
    assert [answer.sentence for answer in answers] == ["3 jobs of workflow 7 can run again. Run it: x here."]


async def test_without_a_tick_nothing_can_be_applied(recovering, failures):
    async with recovering() as (app, pilot, _answers):
        await pilot.press("space")
        await settled(pilot)
        assert "3 unsuccessful jobs stay as they are." in text_of(app)
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("y", "escape")
        await pilot.pause()
    assert not changes(failures)


async def test_a_dry_run_has_no_way_to_apply(recovering, failures):
    async with recovering(is_dry=True) as (app, pilot, _answers):
        await pilot.press("a", "enter")
        await pilot.pause()
        assert "a apply" not in text_of(app)
    assert not changes(failures)


async def test_what_changed_since_it_was_shown_is_not_done(recovering, failures, make):
    async with recovering() as (app, pilot, _answers):
        only_one = make.jobs([make.job(1, name="work_1", status=JobStatus.FAILED, resource_requirements_id=5)])
        failures.answer("list_jobs", lambda call: only_one if call.query.get("status") == "failed" else EMPTY)
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("y")
        await settled(pilot)
    assert errors(app) == [
        "Cannot recover workflow 7: It would do something else than was shown, so nothing was changed. Look again: r"
    ]
    assert not changes(failures)


async def test_the_log_of_the_largest_job_can_be_read_first(recovering, failures, make):
    failures.answer("get_job", make.job(2, name="work_2", status=JobStatus.FAILED))
    async with recovering() as (app, pilot, _answers):
        await pilot.press("l")
        await settled(pilot)
        assert isinstance(app.screen, LogViewer)
        assert app.screen.source.job_id == 2


async def test_a_workflow_that_runs_cannot_be_recovered_and_the_screen_stays(recovering, failures, make):
    counts = make.status().jobs_by_status
    counts.running = 1
    failures.answer("get_workflow_status", make.status(jobs_by_status=counts, is_complete=False))
    async with recovering() as (app, _pilot, _answers):
        assert "Nothing can be recovered now." in text_of(app)
    assert "has not ended" in errors(app)[0]
