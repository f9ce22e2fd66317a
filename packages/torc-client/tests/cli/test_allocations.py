"""What torc status, torc workflows explain and torc scheduled-compute-nodes show about allocations."""

import os

import pytest

import batch_fakes as fakes
from torc_client.batch import systems
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.system import AllocationId, AllocationState, Outcome, Seen

WAITING = fakes.allocation(20, 66, status="pending", reason="Resources", starts_at="2026-05-01T14:20:00Z")
FAILED = fakes.allocation(21, 70, task=2, status="failed", reason="NODE_FAIL")


class Schedulers:
    """One scheduler with two nodes."""

    async def of_workflow(self, _client, workflow_id):
        return [BatchScheduler(1, workflow_id, "toy", "s", nodes=2, options={"partition": "standard"})]


@pytest.fixture
def toy(monkeypatch):
    system = fakes.ToySystem({"66": fakes.QUEUED})
    monkeypatch.setitem(systems._SUPPORTED, "toy", lambda: systems.Support(system, Schedulers()))
    return system


@pytest.fixture
def server(fake_server, make):
    for operation, answer in {
        "get_workflow": make.workflow(7),
        "get_workflow_status": make.status(pending_scheduled_nodes=1, is_complete=False),
        "list_scheduled_compute_nodes": fakes.page(WAITING, FAILED),
        "explain_workflow": {
            "workflow_id": 7, "is_claimable": False, "jobs_by_status": make.status().jobs_by_status, "ready": [],
            "active_compute_nodes": 0, "reasons": [],
        },
        "get_scheduled_compute_node": FAILED,
        "get_workflow_actions": [],
    }.items():  # fmt: skip
        fake_server.answer(operation, answer)
    return fake_server


SENTENCES = [
    "Waiting for 2 nodes in partition standard, Toy says Priority.",
    "1 allocation failed (70_2), Toy says NODE_FAIL.",
]


async def test_the_status_has_what_allocations_wait_for(torc, server, toy):
    ended = await torc("status", "7")
    assert ended.code == 0
    assert ended.err.splitlines() == SENTENCES
    # Nothing is changed by a command that shows something.
    assert server.calls_of("update_scheduled_compute_node") == []


async def test_the_status_has_the_last_lines_of_failed_allocations(torc, server, toy, tmp_path):
    folder = str(tmp_path)
    failed = [fakes.allocation(20 + n, 70 + n, status="failed", folder=folder) for n in (2, 3, 4, 5)]
    server.answer("list_scheduled_compute_nodes", fakes.page(*failed))
    (tmp_path / "toy_output_wf7_sl72.e").write_text("not among the last three\n")
    (tmp_path / "toy_output_wf7_sl73.e").write_bytes(b"begin\nError: srun \x1b[31m is missing\xff\n\n")
    (tmp_path / "toy_output_wf7_sl74.e").write_text("x" * 10_000)
    os.mkfifo(tmp_path / "toy_output_wf7_sl75.e")
    ended = await torc("status", "7")
    ended.told()
    assert "x" * 199 in ended.err
    assert "x" * 200 not in ended.err


async def test_the_status_has_the_last_line_of_an_element_of_an_array(torc, server, toy, tmp_path):
    failed = fakes.allocation(20, 70, task=2, status="failed", folder=str(tmp_path))
    server.answer("list_scheduled_compute_nodes", fakes.page(failed))
    for name, line in {"71_70_1": "first", "70_70_2": "second", "90_7_02": "no", "91_170_2": "of another"}.items():
        (tmp_path / f"toy_output_wf7_sl{name}.e").write_text(f"{line}\n")
    (await torc("status", "7")).told()


async def test_an_explanation_has_what_allocations_wait_for(torc, server, toy):
    ended = await torc("workflows", "explain", "7")
    assert all(sentence in ended.out for sentence in SENTENCES)


async def test_without_the_batch_system_the_server_is_believed(torc, server, toy):
    toy.error = "it is not installed here"
    ended = await torc("status", "7")
    assert ended.code == 0
    waiting, failed, not_asked = ended.err.splitlines()
    assert waiting.startswith("Waiting for 2 nodes in partition standard, Toy says Resources, estimate ")
    assert failed == SENTENCES[1]
    assert not_asked == "Toy was not asked about allocation 66: it is not installed here."


async def test_a_workflow_that_runs_elsewhere_costs_no_question(torc, server, make):
    server.answer("get_workflow_status", make.status(active_compute_nodes=1, is_complete=False))
    assert (await torc("status", "7")).err == ""
    assert server.calls_of("list_scheduled_compute_nodes") == []


async def test_a_list_has_tasks_reasons_and_estimates(torc, server):
    ended = await torc("scheduled-compute-nodes", "list", "7")
    for part in ("Task", "NODE_FAIL", "Resources", "2026-05-01 14:20:00Z"):
        assert part in ended.out
    ended = await torc("-f", "json", "scheduled-compute-nodes", "get", "21")
    assert (ended.json["task"], ended.json["reason"]) == (2, "NODE_FAIL")


async def test_an_allocation_that_has_ended_starts_no_node(torc, server, toy, make):
    counts = make.status().jobs_by_status
    reason = {"code": "no_active_nodes", "count": 2, "jobs": []}
    reason["message"] = "2 jobs are ready, but no compute node is active; 1 allocation that was requested can start one"
    answer = {"workflow_id": 7, "is_claimable": False, "jobs_by_status": counts, "ready": []}
    server.answer("list_compute_nodes", fakes.page())
    server.answer("list_jobs", fakes.page())
    server.answer("list_resource_requirements", fakes.page())
    server.answer("explain_workflow", {**answer, "active_compute_nodes": 0, "reasons": [reason]})
    assert "can start one" in (await torc("-f", "json", "workflows", "explain", "7")).json["reasons"][0]["message"]
    toy.listed[AllocationId("66")] = Seen(AllocationState.ENDED, "CANCELLED", "CANCELLED", outcome=Outcome.CANCELED)
    ended = await torc("-f", "json", "workflows", "explain", "7")
    assert ended.json["reasons"][0]["message"] == (
        "2 jobs are ready, but no compute node is active; request another allocation, or start a runner"
    )
    reason["message"] += ". 1 ready job (huge) needs 9 CPUs, but no earlier node offered more than 2 CPUs"
    server.answer("explain_workflow", {**answer, "active_compute_nodes": 0, "reasons": [reason]})
    ended = await torc("-f", "json", "workflows", "explain", "7")
    assert ended.json["reasons"][0]["message"].endswith(
        "start a runner. 1 ready job (huge) needs 9 CPUs, but no earlier node offered more than 2 CPUs"
    )
    server.answer("get_workflow_status", make.status(is_canceled=True, jobs_by_status=make.counts(ready=2)))
    reason["message"] = "2 jobs are ready, but no compute node is active"
    server.answer("explain_workflow", {**answer, "active_compute_nodes": 0, "reasons": [reason]})
    ended = await torc("-f", "json", "workflows", "explain", "7")
    assert ended.json["reasons"][0]["message"] == reason["message"]
