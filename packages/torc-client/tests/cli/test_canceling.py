"""torc cancel and torc delete of workflows with allocations, of a batch system that is not Slurm."""

import pytest

import batch_fakes as fakes
import cli_wording
from torc_client.batch import systems
from torc_client.cli.framework.output import ask
from torc_client.recovery import canceling
from torc_client.testing import Refusal

ALLOCATIONS = [
    fakes.allocation(20, 66),
    fakes.allocation(21, 70, task=2, status="pending"),
    fakes.allocation(22, 50, status="complete"),
    fakes.allocation(23, 51, status="canceled"),
]
SUBMISSION = {
    "id": 4, "workflow_id": 7, "scheduler_config_id": 1, "scheduler_type": "toy", "num_allocations": 1,
    "folder": "/none", "mark": "torc-1", "status": "submitting",
    "created_at": "2026-01-01T00:00:00Z", "scheduled_compute_node_ids": [24],
}  # fmt: skip


@pytest.fixture
def toy(monkeypatch):
    """The batch system of the type "toy", with a running and a queued allocation."""
    system = fakes.ToySystem({"66": fakes.RUNNING, "70_2": fakes.QUEUED})
    monkeypatch.setitem(systems._SUPPORTED, "toy", lambda: systems.Support(system, None))
    monkeypatch.setattr(canceling, "ENDING_SECONDS", 0.0)
    return system


@pytest.fixture
def server(fake_server, make):
    records = {each["id"]: each for each in ALLOCATIONS}
    node = {
        "id": 3, "workflow_id": 7, "hostname": "n1", "pid": 1, "num_cpus": 1, "memory_gb": 1.0, "num_gpus": 0,
        "num_nodes": 1, "start_time": "", "compute_node_type": "slurm", "is_active": True, "lease_seconds": 300.0,
        "scheduler": {"scheduler_id": 20},
    }  # fmt: skip
    for operation, answer in {
        "cancel_workflow": {"run_id": 1, "is_canceled": True},
        "delete_workflow": make.workflow(7),
        "get_workflow_status": make.status(active_scheduled_nodes=1, pending_scheduled_nodes=1),
        "list_scheduled_compute_nodes": fakes.page(*ALLOCATIONS),
        "get_scheduled_compute_node": lambda call: records[int(call.path["id"])],
        "update_scheduled_compute_node": lambda call: call.body,
        "list_compute_nodes": fakes.page(node, {**node, "id": 5, "scheduler": {"scheduler_id": 99}}),
        "give_up_compute_node": {"compute_node_id": 3, "job_count": 0},
        "get_submission": SUBMISSION,
        "accept_submission": SUBMISSION,
    }.items():
        fake_server.answer(operation, answer)
    return fake_server


def stored(server):
    calls = server.calls_of("update_scheduled_compute_node")
    return {int(call.path["id"]): call.body["status"] for call in calls}


async def test_only_allocations_that_have_not_ended_are_canceled(torc, server, toy):
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json) == (
        0,
        {
            "status": "success", "message": "Canceled workflow 7 and 2 allocations.", "workflow_id": 7,
            "canceled_slurm_jobs": [66, "70_2"], "errors": None,
        },
    )  # fmt: skip
    assert toy.canceled == ["66", "70_2"]
    assert stored(server) == {20: "canceled", 21: "canceled"}
    assert [call.path["id"] for call in server.calls_of("give_up_compute_node")] == [3]
    # The server first, so that no runner starts another job.
    operations = [call.operation for call in server.calls]
    assert "list_scheduled_compute_nodes" in operations[operations.index("cancel_workflow") :]


async def test_an_allocation_whose_runner_leaves_at_once_is_counted(torc, server, toy):
    """The runner of the first allocation reports its end before the command asks the batch system."""
    listed = iter([ALLOCATIONS, [{**ALLOCATIONS[0], "status": "complete"}, *ALLOCATIONS[1:]]])
    server.answer("list_scheduled_compute_nodes", lambda _: fakes.page(*next(listed)))
    server.answer("get_scheduled_compute_node", lambda call: {
        **next(each for each in ALLOCATIONS if each["id"] == int(call.path["id"])),
        **({"status": "complete"} if int(call.path["id"]) == 20 else {}),
    })  # fmt: skip
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["canceled_slurm_jobs"]) == (0, [66, "70_2"])
    assert stored(server) == {21: "canceled"}


async def test_an_allocation_that_is_ending_stays_active(torc, server, toy):
    toy._afterwards = [fakes.ENDING]
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["status"]) == (1, "partial_success")
    assert ended.json["canceled_slurm_jobs"] == [66, "70_2"]
    assert "still ending 2 allocations (66, 70_2)" in ended.json["errors"][0]
    assert "sync-status 7" in ended.json["errors"][0]
    assert stored(server) == {}


async def test_the_end_of_allocations_is_awaited(torc, server, toy, monkeypatch):
    monkeypatch.setattr(canceling, "ENDING_SECONDS", 60.0)
    toy._afterwards = [fakes.ENDING, fakes.ENDING, fakes.CANCELED]
    ended = await torc("cancel", "7")
    assert (ended.code, ended.out) == (0, cli_wording.CANCELED_WITH_ALLOCATIONS)
    ended.told()
    assert stored(server) == {20: "canceled", 21: "canceled"}


@pytest.mark.parametrize("failure", ["error", "refuses_to_cancel"])
async def test_what_could_not_be_canceled_is_reported(torc, server, toy, failure):
    setattr(toy, failure, "the controller did not answer")
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["status"], ended.json["canceled_slurm_jobs"]) == (1, "partial_success", [])
    (error,) = ended.json["errors"]
    assert error == (
        "the controller did not answer. 2 allocations (66, 70_2) may hold nodes. Where Toy answers, repeat:"
        " torc cancel 7"
    )
    assert len(server.calls_of("cancel_workflow")) == 1
    assert stored(server) == {}


async def test_an_unknown_batch_system_does_not_prevent_the_cancellation(torc, server):
    ended = await torc("cancel", "7")
    assert ended.code == 1
    ended.printed()
    assert len(server.calls_of("cancel_workflow")) == 1


async def test_a_workflow_that_the_server_does_not_cancel_keeps_its_allocations(torc, server, toy):
    server.answer("cancel_workflow", Refusal(403, "not yours"))
    ended = await torc("cancel", "7")
    assert ended.code == 1
    assert toy.canceled == []


@pytest.mark.parametrize("answer", [True, False])
async def test_a_person_is_asked_about_allocations(torc, server, toy, monkeypatch, answer):
    asked = []
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", lambda question: asked.append(question) or answer)
    ended = await torc("cancel", "7")
    assert asked == ["Cancel workflow 7 and its 2 allocations (66, 70_2)?"]
    assert ended.out == (cli_wording.CANCELED_WITH_ALLOCATIONS if answer else "Nothing was canceled.\n")
    assert bool(toy.canceled) is answer
    assert bool(server.calls_of("cancel_workflow")) is answer
    await torc("cancel", "7", "--no-prompts")
    assert len(asked) == 1


async def test_a_submission_without_an_answer_is_found_by_its_mark(torc, server, toy):
    waiting = fakes.allocation(24, 0, status="submitting", submission_id=4)
    accepted = {**waiting, "status": "pending", "scheduler_id": 80}

    def listed(call):
        return fakes.page(accepted if call.query.get("submission_id") else waiting)

    server.answer("list_scheduled_compute_nodes", listed)
    server.answer("get_scheduled_compute_node", accepted)
    toy.marks = {"torc-1": "80"}
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["canceled_slurm_jobs"]) == (0, [80])
    assert server.calls_of("accept_submission")[0].body == {"is_array": False, "scheduler_id": 80}
    assert stored(server) == {24: "canceled"}
    toy.marks = {}
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["canceled_slurm_jobs"]) == (1, [])
    assert "Submission 4 waits for an answer" in ended.json["errors"][0]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (("south", ""), "of the cluster south"),
        (("north", "torc-other"), "other allocations with the ids 66"),
        (("north", ""), "other allocations with the ids 66"),
    ],
)
async def test_a_foreign_allocation_with_the_same_id_is_not_canceled(torc, server, toy, where, words):
    cluster, mark = where
    server.answer("list_scheduled_compute_nodes", fakes.page({**ALLOCATIONS[0], "submission_id": 4}, ALLOCATIONS[1]))
    server.answer("list_submissions", fakes.page({**SUBMISSION, "cluster": cluster}))
    toy.listed[fakes.AllocationId("66")] = fakes.Seen(fakes.AllocationState.RUNNING, "RUNNING", mark=mark)
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["canceled_slurm_jobs"]) == (1, ["70_2"])
    assert words in ended.json["errors"][0]
    assert toy.canceled == ["70_2"]
    assert stored(server) == {21: "canceled"}


@pytest.mark.parametrize("wrong", [-5, 0, 2**31])
async def test_an_id_that_no_batch_system_gives_keeps_no_other_allocation(torc, server, toy, wrong):
    server.answer("list_scheduled_compute_nodes", fakes.page(fakes.allocation(30, wrong), *ALLOCATIONS[:2]))
    ended = await torc("-f", "json", "cancel", "7")
    assert (ended.code, ended.json["canceled_slurm_jobs"]) == (1, [66, "70_2"])
    (error,) = ended.json["errors"]
    assert f"was not asked about {wrong}: it gives no such ids" in error
    assert toy.canceled == ["66", "70_2"]


async def test_a_deletion_cancels_allocations_first(torc, server, toy):
    ended = await torc("delete", "7", "--no-prompts")
    assert (ended.code, ended.out) == (0, cli_wording.DELETED)
    assert toy.canceled == ["66", "70_2"]
    operations = [call.operation for call in server.calls]
    assert operations.index("cancel_workflow") < operations.index("delete_workflow")


async def test_a_workflow_whose_allocations_go_on_is_not_deleted(torc, server, toy):
    toy.error = "the controller did not answer"
    ended = await torc("delete", "7", "--no-prompts")
    assert ended.code == 1
    ended.told("not deleted")
    assert server.calls_of("delete_workflow") == []
    ended = await torc("delete", "7", "--force")
    assert (ended.code, ended.out) == (0, cli_wording.DELETED)
    ended.told("deleted with --force")
    assert len(server.calls_of("delete_workflow")) == 1


async def test_the_question_before_a_deletion_names_the_allocations(torc, server, toy, monkeypatch):
    asked = []
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr(ask, "confirm", lambda question: asked.append(question) or False)
    assert (await torc("delete", "7")).out == cli_wording.NOTHING_DELETED
    assert "These allocations are canceled: 66, 70_2." in asked[0]
    assert toy.canceled == []
