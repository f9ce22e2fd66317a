"""`torc submit` and `torc slurm schedule-nodes`, with a batch system that runs nothing."""

import io
from dataclasses import replace

import pytest

from torc_client.api.records import WorkflowActionModel
from torc_client.batch import systems
from torc_client.batch.profile import Partition
from torc_client.batch.schedulers import BatchScheduler, NodeAmounts
from torc_client.cli.commands.allocations.review import Review
from torc_client.cli.framework.output import ask
from torc_client.testing import Refusal
from torc_client.testing.fake_batch_system import FakeBatchSystem

EMPTY = {"items": [], "offset": 0, "max_limit": 10, "count": 0, "total_count": 0, "has_more": False}
SPEC = """
name: big
jobs: [{name: one, command: echo, scheduler: many}]
slurm_schedulers: [{name: many, account: mine, nodes: 1, walltime: '01:00:00'}]
actions: [{trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: slurm, scheduler: many}]
"""


def action(action_id, trigger_type="on_workflow_start", scheduler_type="slurm", **more):
    return {
        "id": action_id, "workflow_id": 7, "trigger_type": trigger_type, "action_type": "schedule_nodes",
        "executed": False, "action_config": {"scheduler_type": scheduler_type, "scheduler_id": 5}, **more,
    }  # fmt: skip


@pytest.fixture
def fake(monkeypatch):
    """A batch system in place of Slurm: no command knows the difference."""
    monkeypatch.setattr(systems, "_SUPPORTED", {})
    fake = FakeBatchSystem({5: BatchScheduler(5, 7, "slurm", "many", walltime_seconds=3600)}, title="Slurm")
    systems.register("slurm", fake.support)
    return fake


@pytest.fixture
def server(fake_server, make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORC_CLIENT__SLURM__RUNNER_PROGRAM", "/opt/runner")
    submission = {
        "id": 1, "workflow_id": 7, "mark": "mark", "status": "submitting", "created_at": "2026-01-01T00:00:00Z",
        "scheduler_type": "slurm", "scheduler_config_id": 5, "folder": "/x", "num_allocations": 1,
        "scheduled_compute_node_ids": [4],
    }  # fmt: skip
    for operation, answer in {
        "get_workflow": make.workflow(7),
        "get_workflow_actions": [action(1)],
        "get_pending_actions": [action(1)],
        "is_workflow_uninitialized": {"is_uninitialized": False},
        "is_workflow_complete": {"is_complete": False, "is_canceled": False},
        "list_submissions": EMPTY,
        "list_resource_requirements": EMPTY,
        "create_submission": {**submission, "token": None, "token_expires_at": None},
        "accept_submission": {**submission, "status": "accepted", "scheduler_id": 100},
        "reject_submission": {**submission, "status": "rejected"},
        "claim_action": lambda call: {"action_id": call.path["action_id"]},
        "get_job": make.job(3),
    }.items():
        fake_server.answer(operation, answer)
    return fake_server


def called(server, operation):
    return [call for call in server.calls if call.operation == operation]


async def test_failed_jobs_are_retried_by_another_command(torc, server):
    """`torc run` has the option. The refusal names what to do on Slurm, and asks the server for nothing."""
    ended = await torc("submit", "7", "--retry-failed")
    assert (ended.code, ended.out, server.calls) == (2, "", [])
    assert "torc recover 7 --retry-unknown" in " ".join(ended.err.split())


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("words", [["submit"], ["workflows", "submit"]], ids=" ".join)
async def test_a_workflow_is_submitted_by_its_id(torc, server, tmp_path, words):
    ended = await torc("-f", "json", *words, "7", "-p", "5", "--max-parallel-jobs", "2", "-o", "out put")
    assert (ended.code, ended.json["message"]) == (0, "Successfully submitted workflow 7 (1 allocation(s))")
    assert (ended.json["workflow_id"], ended.json["allocation_ids"]) == (7, ["100"])
    ended.told()
    (script,) = (tmp_path / "out put").glob("wf7_*_1.sh")
    assert f"'{tmp_path}/out put' --submission 1 --poll-interval 5 --max-parallel-jobs 2" in script.read_text()
    (recorded,) = called(server, "create_submission")
    assert (recorded.body["folder"], recorded.body["action_id"]) == (str(tmp_path / "out put"), 1)


async def test_nothing_is_created_where_no_allocations_can_be_requested(torc, server, fake, tmp_path):
    (tmp_path / "big.yaml").write_text(SPEC)
    fake.absence = "sbatch was not found"
    ended = await torc("submit", "big.yaml")
    assert (ended.code, ended.out, called(server, "create_workflow")) == (1, "", [])
    ended.told()
    assert not (tmp_path / "torc_output").exists()


@pytest.mark.usefixtures("fake")
async def test_nothing_is_created_where_files_cannot_be_written(torc, server, tmp_path):
    (tmp_path / "big.yaml").write_text(SPEC)
    ended = await torc("submit", "big.yaml", "-o", "big.yaml/out")
    assert (ended.code, called(server, "create_workflow")) == (1, [])
    ended.told()


@pytest.mark.usefixtures("fake")
async def test_nodes_must_reach_the_server(torc, server, tmp_path):
    ended = await torc("submit", "7", url="unix:///tmp/torc.sock")
    ended.told("UNIX socket")
    (tmp_path / "big.yaml").write_text(SPEC)
    ended = await torc("-s", "submit", "big.yaml")
    ended.told("standalone server")
    assert server.calls == []


async def test_nothing_is_created_if_only_this_machine_reaches_the_server(torc, server, fake, monkeypatch, tmp_path):
    (tmp_path / "big.yaml").write_text(SPEC)
    monkeypatch.setattr(fake, "own_address", lambda: "192.0.2.1")
    ended = await torc("submit", "big.yaml")
    assert (ended.code, called(server, "create_workflow")) == (1, [])
    ended.told()


async def test_a_refusal_has_the_words_of_the_batch_system(torc, server, fake, tmp_path):
    fake.refusal = "Invalid account"
    ended = await torc("submit", "7")
    assert (ended.code, ended.out) == (1, "")
    ended.told()
    assert called(server, "reject_submission")[0].body == {"reason": "Invalid account"}
    assert not list((tmp_path / "torc_output").iterdir())


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("actions", "error"),
    [
        ([action(1, executed=True)], "already requested"),
        ([action(1, "on_jobs_ready"), action(2, executed=True)], "not due"),
        ([action(1, scheduler_type="local")], "no action of Slurm"),
    ],
)
async def test_no_allocation_is_an_error_with_the_reason(torc, server, actions, error):
    server.answer("get_workflow_actions", actions)
    server.answer("get_pending_actions", [])
    ended = await torc("submit", "7")
    assert (ended.code, ended.out) == (1, "")
    ended.told(error)


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("workflow", "complete", "error"),
    [
        ({"is_canceled": True}, False, "canceled"),
        ({"is_archived": True}, False, "archived"),
        ({}, True, "complete"),
    ],
)
@pytest.mark.parametrize("words", [["submit"], ["slurm", "schedule-nodes"]], ids=" ".join)
async def test_no_allocation_for_a_workflow_that_runs_nothing(torc, server, make, words, workflow, complete, error):  # noqa: PLR0917
    server.answer("get_workflow", make.workflow(7, **workflow))
    server.answer("is_workflow_complete", {"is_complete": complete, "is_canceled": False})
    ended = await torc(*words, "7")
    assert (ended.code, called(server, "create_submission")) == (1, [])
    ended.told(error)


async def test_jobs_that_fit_no_allocation_are_named(torc, server, fake):
    fake.schedulers[5] = BatchScheduler(
        5, 7, "slurm", "many", node=NodeAmounts(num_cpus=4, memory_mb=2000), walltime_seconds=600
    )
    needs = {"num_cpus": 8, "memory": "4g", "runtime": "PT1H", "num_nodes": 2, "num_gpus": 1}
    small = {"id": 2, "workflow_id": 7, "name": "small", "runtime": "PT1M"}
    server.answer(
        "list_resource_requirements", {**EMPTY, "items": [{"id": 1, "workflow_id": 7, "name": "large", **needs}, small]}
    )
    ended = await torc("submit", "7")
    ended.told()
    assert "small" not in ended.err
    assert "large" not in (await torc("submit", "7", "--skip-checks")).err


@pytest.mark.usefixtures("fake")
async def test_missing_inputs_are_named_before_anything_is_submitted(torc, server):
    server.answer("is_workflow_uninitialized", {"is_uninitialized": True})
    server.answer("list_missing_user_data", {"user_data": [3]})
    server.answer("start_run", {"is_started": True, "run_id": 1})
    for operation in ("list_files", "list_jobs", "list_job_dependencies"):
        server.answer(operation, EMPTY)
    ended = await torc("submit", "7")
    assert (ended.code, called(server, "create_submission")) == (1, [])
    ended.told()
    assert (await torc("submit", "7", "-i")).code == 0


def test_the_answers_of_a_review():
    shown = Review([action_of(1), action_of(2, persistent=True)], [action_of(3)])
    assert [shown.answer(line) for line in ("", "x", "p", "c")] == [None, None, True, False]
    for line in ("n 1 4", "d 2", "d 3", "n 1 x", "n 9 1"):
        assert shown.answer(line) is None
    assert (shown.counts, shown.total) == ({1: 4}, 5)
    shown.answer("d 1")
    assert (shown.counts, shown.total) == ({1: 0}, 1)


def action_of(action_id, **more):
    return WorkflowActionModel(**action(action_id, **more))


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("lines", "code", "submitted"), [("n 1 3\np\n", 0, 3), ("c\n", 0, 0), ("", 0, 0), ("d 1\np\n", 1, 0)]
)
async def test_a_workflow_that_ran_before_is_reviewed(torc, server, make, monkeypatch, lines, code, submitted):  # noqa: PLR0917
    server.answer("get_workflow", make.workflow(7, run_id=2))
    server.answer("get_workflow_actions", [action(1), action(2, "on_jobs_ready", job_ids=[3, 4, 5, 6])])
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    server.answer("create_submission", Refusal(500, "not needed here"))
    server.answer("claim_action", {"action_id": 1})
    ended = await torc("submit", "7")
    wanted = called(server, "create_submission")
    assert [call.body["num_allocations"] for call in wanted][:1] == [submitted] * bool(submitted)
    assert bool(called(server, "claim_action")) == lines.startswith("d")
    assert "  1  on_workflow_start  many  1 allocation" in ended.err
    assert "  2  on_jobs_ready (" in ended.err
    if not submitted:
        assert ended.code == code


async def test_allocations_beside_those_of_actions(torc, server, fake):
    ended = await torc("-f", "json", "slurm", "schedule-nodes", "7", "-n", "1", "-j", "extra_", "--no-prompts")
    assert (ended.code, ended.json["message"]) == (0, "Successfully running 1 Slurm job(s)")
    assert fake.made[0].name.startswith("extra_wf7_")
    assert called(server, "create_submission")[0].body.get("action_id") is None
    ended.told("further allocations")
    assert not called(server, "claim_action")
    ended = await torc("slurm", "schedule-nodes", "7", "--suppress-actions")
    assert [call.path["action_id"] for call in called(server, "claim_action")] == [1]
    ended.told("actions suppressed")


async def test_the_scheduler_of_allocations_must_be_known(torc, server, fake):
    fake.schedulers[6] = BatchScheduler(6, 7, "slurm", "other")
    (await torc("slurm", "schedule-nodes", "7")).told("several schedulers")
    ended = await torc("slurm", "schedule-nodes", "7", "--scheduler-config-id", "9")
    ended.told("no such scheduler")
    assert (await torc("slurm", "schedule-nodes", "7", "--scheduler-config-id", "6")).code == 0
    fake.schedulers.clear()
    (await torc("slurm", "schedule-nodes", "7")).told("no scheduler")
    assert len(called(server, "create_submission")) == 1


@pytest.mark.parametrize(
    "words", [["submit", "7"], ["submit", "w.yaml"], ["slurm", "schedule-nodes", "7"]], ids=" ".join
)
async def test_what_no_partition_allows_is_refused_before_anything_is_recorded(torc, server, fake, tmp_path, words):
    (tmp_path / "w.yaml").write_text(SPEC)
    fake.known_partitions = [
        Partition(name="short", cpus_per_node=4, memory_mb=2000, max_walltime_secs=60, is_default=True)
    ]
    ended = await torc(*words)
    assert (ended.code, ended.out) == (1, "")
    ended.told(" ".join(words))
    assert not called(server, "create_submission")
    assert not called(server, "create_workflow")
    if words[0] == "submit" and words[1] == "7":
        assert (await torc(*words, "--skip-checks")).code == 0


@pytest.mark.parametrize(
    ("lines", "claimed", "requested"), [("x\ns\n", 1, 1), ("p\n", 0, 1), ("c\n", 0, 0), ("", 0, 0)]
)
@pytest.mark.usefixtures("fake")
async def test_due_actions_are_asked_about_at_a_terminal(torc, server, monkeypatch, lines, claimed, requested):  # noqa: PLR0917
    monkeypatch.setattr(ask, "is_possible", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    ended = await torc("slurm", "schedule-nodes", "7")
    assert "action 1" in ended.err
    assert [len(called(server, name)) for name in ("claim_action", "create_submission")] == [claimed, requested]
    assert ended.code == 0


@pytest.mark.usefixtures("fake")
async def test_nothing_is_created_if_no_request_is_due_at_the_start(torc, server, tmp_path):
    spec = SPEC.replace("jobs: [{name: one, command: echo, scheduler: many}]", """
files: [{name: a, path: a.txt}]
jobs:
  - {name: one, command: echo, output_files: [a]}
  - {name: two, command: echo, input_files: [a]}
""").replace("trigger_type: on_workflow_start", "trigger_type: on_jobs_ready, jobs: [one, two]")  # fmt: skip
    (tmp_path / "big.yaml").write_text(spec)
    ended = await torc("submit", "big.yaml")
    assert (ended.code, called(server, "create_workflow")) == (1, [])
    ended.told()


@pytest.mark.parametrize(
    ("words", "last", "folder", "output"),
    [
        ([], None, "made", "made/torc_output"),
        (["-o", "out"], None, "made", "here/out"),
        ([], "here/torc_output", "here", "here/torc_output"),
        (["-o", "out"], "here/out", "made", "here/out"),
        ([], "made/torc_output", "made", "made/torc_output"),
    ],
)
async def test_allocations_start_where_the_workflow_was_created(  # noqa: PLR0917
    torc, server, fake, make, tmp_path, monkeypatch, words, last, folder, output
):
    for name in ("made", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    server.answer("get_workflow", make.workflow(7, submission_directory=str(tmp_path / "made")))
    if last is not None:
        submission = {
            "id": 1, "workflow_id": 7, "mark": "mark", "status": "accepted", "created_at": "2026-01-01T00:00:00Z",
            "scheduler_type": "slurm", "scheduler_config_id": 5, "folder": str(tmp_path / last), "num_allocations": 1,
            "scheduled_compute_node_ids": [4],
        }  # fmt: skip
        server.answer("list_submissions", {**EMPTY, "items": [submission]})
    ended = await torc("slurm", "schedule-nodes", "7", "--no-prompts", *words)
    assert ended.code == 0
    assert fake.made[0].folder == tmp_path / folder
    assert called(server, "create_submission")[0].body["folder"] == str(tmp_path / output)
    assert (f"{tmp_path}/made" in ended.err) == (folder == "made")
    assert (tmp_path / "here" / "torc_output").exists() == (output == "here/torc_output")


async def test_a_folder_that_is_not_here_is_a_warning(torc, server, fake, make, tmp_path):
    server.answer("get_workflow", make.workflow(7, submission_directory="/nowhere/made"))
    ended = await torc("slurm", "schedule-nodes", "7", "--no-prompts")
    ended.told()
    assert (ended.code, fake.made[0].folder) == (0, tmp_path)


@pytest.mark.parametrize(("words", "code"), [([], 1), (["--skip-checks"], 0), (["--max-parallel-jobs", "2"], 0)])
async def test_nothing_is_created_if_no_job_fits_an_allocation(torc, server, fake, monkeypatch, tmp_path, words, code):  # noqa: PLR0917
    del fake
    spec = SPEC.replace("command: echo,", "command: echo, resource_requirements: long,")
    (tmp_path / "w.yaml").write_text(
        spec + "resource_requirements: [{name: long, num_cpus: 1, memory: 1m, runtime: PT1H}]"
    )

    async def created(*_args, **_options):
        return 7

    monkeypatch.setattr("torc_client.spec.create", created)
    ended = await torc("submit", "w.yaml", *words)
    assert (ended.code, len(called(server, "create_submission"))) == (code, 1 - code)
    if code:
        ended.told()
    (tmp_path / "w.yaml").write_text((tmp_path / "w.yaml").read_text().replace("PT1H", "PT5M"))
    assert (await torc("submit", "w.yaml", *words)).code == 0


async def test_jobs_are_compared_with_the_memory_of_nodes(torc, server, fake):
    large = {"id": 1, "workflow_id": 7, "name": "large", "memory": "9g", "runtime": "PT1M"}
    server.answer("list_resource_requirements", {**EMPTY, "items": [large]})
    fake.known_partitions = [
        Partition(name="debug", cpus_per_node=4, memory_mb=2000, max_walltime_secs=7200, is_default=True)
    ]
    (await torc("submit", "7")).told()
    fake.schedulers[5] = replace(fake.schedulers[5], extra="--mem=10g")
    assert "large" not in (await torc("submit", "7")).err
