"""Requests for allocations: what is recorded, and what is left after each answer of the batch system."""

import asyncio
import stat
import threading
from pathlib import Path

import pytest

from torc_client.api.records import ExecutionConfig
from torc_client.batch import systems
from torc_client.batch.runner_command import startup_delay_seconds
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission import (
    ActionTakenError,
    DueActionsError,
    RequestRefusedError,
    UnclearError,
    carry_out,
    nodes_config,
    request_allocations,
    submit_due_actions,
)
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.system import AllocationId, NoAnswerError
from torc_client.batch.unclear_submissions import settle
from torc_client.errors import TorcError
from torc_client.testing import Refusal
from torc_client.testing.fake_batch_system import TYPE, FakeBatchSystem
from torc_client.testing.fake_submissions import FakeSubmissions


def action(action_id, **config):
    values = {"scheduler_type": TYPE, "scheduler_id": 5, **config}
    return {
        "id": action_id, "workflow_id": 7, "trigger_type": "on_jobs_ready", "action_type": "schedule_nodes",
        "action_config": values,
    }  # fmt: skip


@pytest.fixture
def records(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return FakeSubmissions(fake_server)


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(systems, "_SUPPORTED", dict(systems._SUPPORTED))
    fake = FakeBatchSystem({5: BatchScheduler(5, 7, TYPE, "main", options={"time": "5"})})
    systems.register(TYPE, fake.support)
    return fake


@pytest.fixture
def options(tmp_path):
    (tmp_path / "runner").touch()
    return SubmitOptions(output_folder=tmp_path / "out put", runner_program=str(tmp_path / "runner"))


def private(folder: Path):
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in sorted(folder.iterdir())}


async def test_the_record_comes_first_then_the_request_then_its_id(client, records, fake, options, monkeypatch):
    monkeypatch.setenv("TORC_PASSWORD", "hidden")
    monkeypatch.setenv("TORC_COOKIE_HEADER", "a=hidden")
    statuses = []
    fake.on_submit = lambda _: statuses.append(records.by_id[1]["status"])
    made = await request_allocations(client, fake.schedulers[5], 2, options)
    assert (statuses, records.by_id[1]["status"], records.by_id[1]["scheduler_id"]) == (["submitting"], "accepted", 100)
    assert made.allocations == {10: AllocationId("100", 1), 11: AllocationId("100", 2)}
    assert made.lines[0] == f"Submitted Fake job name={made.name} with ID=100_1 (scheduled_compute_node_id=10)"
    folder = options.output_folder
    assert private(folder) == {"submission_1": "0o700", made.script.name: "0o700"}
    assert private(folder / "submission_1") == {"cookie": "0o600", "token": "0o600"}
    assert (folder / "submission_1/token").read_text() == "torc_1_secret\n"
    text = made.script.read_text()
    assert "secret" not in text
    assert "hidden" not in text
    (request,) = fake.made
    assert request.command == [
        options.runner_program, client.url, "7", str(folder), "--submission", "1",
        "--token-file", str(folder / "submission_1/token"),
    ]  # fmt: skip
    assert (request.mark, request.count, request.name) == ("mark-1", 2, made.script.stem)


async def test_without_authentication_there_is_no_token(client, records, fake, options, monkeypatch):
    monkeypatch.delenv("TORC_COOKIE_HEADER", raising=False)
    records.token = None
    made = await request_allocations(client, fake.schedulers[5], 1, options)
    assert "--token-file" not in made.script.read_text()
    assert not (options.output_folder / "submission_1").exists()


async def test_of_a_refused_request_nothing_is_left(client, records, fake, options):
    fake.refusal = "no such partition"
    with pytest.raises(
        RequestRefusedError, match="Fake did not accept the request of main for 2 allocations: no such part"
    ):
        await request_allocations(client, fake.schedulers[5], 2, options)
    assert (records.by_id[1]["status"], records.by_id[1]["reason"]) == ("rejected", "no such partition")
    assert not list(options.output_folder.iterdir())


async def test_a_request_without_an_answer_stays_recorded_and_is_found_again(client, records, fake, options):
    fake.silences = 1
    with pytest.raises(UnclearError, match="it is not known whether it has the request"):
        await request_allocations(client, fake.schedulers[5], 1, options)
    assert records.by_id[1]["status"] == "submitting"
    (settled,) = await settle(client, 7)
    assert (settled.request_id, records.by_id[1]["status"]) == ("100", "accepted")
    assert (options.output_folder / "submission_1/token").exists()
    assert await settle(client, 7) == []


async def test_a_lost_request_without_an_answer_is_rejected(client, records, fake, options):
    fake.silences, fake.loses = 1, True
    with pytest.raises(UnclearError):
        await request_allocations(client, fake.schedulers[5], 1, options)
    (settled,) = await settle(client, 7)
    assert (settled.is_rejected, records.by_id[1]["status"]) == (True, "rejected")
    assert not (options.output_folder / "submission_1").exists()


async def test_a_request_that_may_be_under_way_is_left_alone(client, records, fake, options):
    """Its process has not noted that the batch system is silent, and the record is new."""
    await request_allocations(client, fake.schedulers[5], 1, options)
    fake.marks.clear()
    records.by_id[1] |= {"status": "submitting", "created_at": "2999-01-01T00:00:00Z"}
    (settled,) = await settle(client, 7)
    assert (settled.is_open, records.by_id[1]["status"]) == (True, "submitting")
    records.by_id[1]["created_at"] = "2026-01-01T00:00:00Z"
    (settled,) = await settle(client, 7)
    assert settled.is_rejected


async def test_a_request_of_which_the_record_is_gone_is_canceled(client, fake_server, records, fake, options):
    fake_server.answer("accept_submission", Refusal(409, "was rejected"))
    with pytest.raises(TorcError, match="accepted the request as 100, and it was canceled"):
        await request_allocations(client, fake.schedulers[5], 1, options)
    assert fake.canceled == [AllocationId("100")]


async def test_a_request_of_a_workflow_that_is_canceled_meanwhile_is_canceled(client, fake_server, make, fake, options):
    records = FakeSubmissions(fake_server)
    is_canceled = threading.Event()
    fake.on_submit = lambda _: is_canceled.set()
    fake_server.answer("get_workflow", lambda _: make.workflow(7, is_canceled=is_canceled.is_set()))
    nodes = {
        each: {
            "id": each, "workflow_id": 7, "scheduler_id": 100, "scheduler_config_id": 5, "scheduler_type": TYPE,
            "status": "pending", "task": task, "submission_id": 1, "folder": str(options.output_folder),
        }
        for task, each in enumerate((10, 11), 1)
    }  # fmt: skip
    fake_server.answer("get_scheduled_compute_node", lambda call: nodes[call.path["id"]])
    fake_server.answer(
        "update_scheduled_compute_node", lambda call: nodes[call.path["id"]].update(call.body) or call.body
    )
    with pytest.raises(TorcError) as failed:
        await request_allocations(client, fake.schedulers[5], 2, options)
    assert failed.value.message == (
        "Fake accepted the request as 100, and it was canceled, since workflow 7 was canceled meanwhile."
    )
    assert (fake.canceled, records.statuses()) == ([AllocationId("100")], ["accepted"])
    assert [each["status"] for each in nodes.values()] == ["canceled", "canceled"]
    assert not (options.output_folder / "submission_1").exists()


async def test_a_request_that_is_not_needed_and_not_canceled_is_named(client, records, fake_server, fake, options):
    def cancel(_):
        raise NoAnswerError("it is silent")

    fake.cancel = cancel
    fake_server.answer("accept_submission", Refusal(404, "no such submission"))
    with pytest.raises(TorcError, match="accepted the request as 100, and it could not be canceled: it is silent"):
        await request_allocations(client, fake.schedulers[5], 1, options)


async def test_a_folder_that_cannot_be_written_does_not_blame_the_batch_system(client, records, fake, options):
    options.output_folder.mkdir()
    (options.output_folder / "submission_1").touch()  # where the folder of the token would be
    with pytest.raises(RequestRefusedError) as failed:
        await request_allocations(client, fake.schedulers[5], 1, options)
    assert failed.value.message == (
        "Fake was not asked for the request of main for 1 allocation: the script and its secrets cannot be written to"
        f" {options.output_folder}: File exists."
    )
    assert "--output-dir" in str(failed.value.hint)
    assert (records.statuses(), fake.marks) == (["rejected"], {})


async def test_a_canceled_caller_stores_the_answer_first(client, records, fake, options):
    began, goes_on = threading.Event(), threading.Event()
    fake.on_submit = lambda _: (began.set(), goes_on.wait())[0]
    task = asyncio.create_task(request_allocations(client, fake.schedulers[5], 1, options))
    await asyncio.to_thread(began.wait)
    task.cancel()
    asyncio.get_running_loop().call_soon(goes_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert records.by_id[1]["status"] == "accepted"


@pytest.mark.parametrize(
    ("one_at_a_time", "prefix", "message"), [(True, "x", "run one at a time"), (False, "a/b", "cannot be a job prefix")]
)
@pytest.mark.usefixtures("fake")
async def test_a_prefix_that_cannot_be_records_nothing(client, records, one_at_a_time, prefix, message):
    with pytest.raises(TorcError, match=message):
        await request_allocations(
            client,
            BatchScheduler(5, 7, TYPE, "main", one_at_a_time=one_at_a_time),
            1,
            SubmitOptions(name_prefix=prefix),
        )
    assert not records.by_id


@pytest.mark.usefixtures("fake")
async def test_options_that_a_submission_sets_itself_record_nothing(client, records, options):
    scheduler = BatchScheduler(5, 7, TYPE, "main", conflicts=["extra has -a, but Torc uses it to request"])
    with pytest.raises(TorcError, match=r"^main: extra has -a, but Torc uses it to request\. Nothing was submitted"):
        await request_allocations(client, scheduler, 1, options)
    assert not records.by_id


@pytest.mark.parametrize(
    ("count", "nodes", "seconds"), [(1, 1, 0), (10, 1, 0), (19, 1, 0), (20, 1, 1), (20, 5, 5), (9999, 1, 60)]
)
def test_many_runners_do_not_start_at_once(count, nodes, seconds):
    scheduler = BatchScheduler(5, 7, TYPE, "main", nodes=nodes)
    assert startup_delay_seconds(scheduler, count, one_worker_per_node=True) == seconds
    one = BatchScheduler(5, 7, TYPE, "main", nodes=nodes, one_at_a_time=True)
    assert startup_delay_seconds(one, count, one_worker_per_node=False) == 0


async def test_allocations_one_at_a_time_have_a_common_name(client, records, fake, options):
    made = await request_allocations(client, BatchScheduler(5, 7, TYPE, "main", one_at_a_time=True), 2, options)
    assert (made.name, fake.made[0].one_at_a_time) == ("torc-wf7-sched5", True)
    assert "--startup-delay-seconds" not in fake.made[0].command


async def test_due_actions_go_on_after_one_that_is_refused(client, fake_server, records, fake, options):
    fake.schedulers[6] = BatchScheduler(6, 7, TYPE, "other")
    other_type = {**action(4), "action_config": {"scheduler_type": "local"}}
    commands = {**action(5), "action_type": "run_commands", "action_config": {"commands": ["true"]}}
    due = [action(1, num_allocations=3), action(2, scheduler_id=6), action(3), other_type, commands, action(8)]
    create = records.create
    fake_server.answer(
        "create_submission", lambda call: Refusal(422, "no") if call.body["action_id"] == 8 else create(call)
    )
    fake_server.answer("get_pending_actions", due)
    taken = []
    fake_server.answer("claim_action", lambda call: taken.append(call.path["action_id"]) or {"action_id": 3})

    def refuse_others(script):
        fake.refusal = "" if fake.made[-1].mark == "mark-1" else "too many"

    fake.on_submit = refuse_others
    shown = []
    with pytest.raises(
        DueActionsError, match=r"Action 2: .*too many.* Action 8: no 2 other allocations were submitted"
    ) as failed:
        await submit_due_actions(client, 7, options, counts={1: 2, 3: 0}, on_submission=shown.append)
    assert [each.action_id for each in failed.value.submissions] == [each.action_id for each in shown] == [1]
    assert [each["action_id"] for each in records.by_id.values()] == [1, 2]
    assert taken == [3]


async def test_an_action_that_another_client_took_is_left_out(client, fake_server, records, fake, options):
    fake_server.answer("get_pending_actions", [action(1)])
    fake_server.answer("create_submission", Refusal(409, "already claimed"))
    assert await submit_due_actions(client, 7, options) == []
    config = nodes_config((await client.workflow_actions.get_pending_actions(7))[0])
    assert config is not None
    with pytest.raises(ActionTakenError):
        await carry_out(client, 1, config, options)


WARNINGS = [(3600, {}, 90), (120, {}, 30), (60, {"sigterm_lead_seconds": 70}, None), (None, {}, None)]


@pytest.mark.parametrize("case", WARNINGS)
@pytest.mark.usefixtures("records")
async def test_a_runner_is_warned_when_it_ends_its_jobs(client, fake_server, make, fake, options, case):  # noqa: PLR0917
    walltime, config, warning = case
    fake_server.answer("get_workflow", make.workflow(7, execution_config=ExecutionConfig(**config)))
    await request_allocations(client, BatchScheduler(5, 7, TYPE, "main", walltime_seconds=walltime), 1, options)
    assert fake.made[0].warning_seconds == warning
