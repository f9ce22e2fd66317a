"""What a spec says about allocations is checked and stored, whether or not anything submits it."""

import pytest

from torc_client.spec import SpecError, create
from torc_client.spec.plan import make_plan
from torc_client.spec.summary import overview, summary

START = {"trigger_type": "on_workflow_start", "action_type": "schedule_nodes"}
SPEC = {
    "name": "w",
    "slurm_defaults": {"account": "wind", "reservation": "r", "exclusive": True},
    "slurm_schedulers": [{"name": "short", "nodes": 2, "gres": "gpu:1"}, {"name": "long", "account": "sun"}],
    "execution_config": {"mode": "direct", "srun_mpi": "pmix"},
    "jobs": [{"name": "a", "command": "true", "scheduler": "long"}],
    "actions": [
        {**START, "scheduler": "short", "scheduler_type": "slurm", "start_one_worker_per_node": True},
        {**START, "scheduler_type": "local", "num_allocations": 2, "max_parallel_jobs": 3},
    ],
    "access_groups": ["team"],
    "dynamic_jobs": {"max_iterations": 5},
    "enable_ro_crate": True,
    "files": [{"name": "f", "path": "p", "identifier": "doi:1"}, {"name": "g", "path": "q"}],
}


def problems_of(*, skip_checks=False, **members):
    with pytest.raises(SpecError) as raised:
        make_plan("s.yaml", {**SPEC, **members}, skip_checks=skip_checks)
    return [str(problem) for problem in raised.value.problems]


async def test_all_of_it_is_stored(fake_server, client, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.script(
        "create_slurm_scheduler", [lambda call: call.body | {"id": 31}, lambda call: call.body | {"id": 32}]
    )
    fake_server.answer("create_jobs", lambda call: {"jobs": [job | {"id": 5} for job in call.body["jobs"]]})
    fake_server.answer("create_workflow_action", lambda call: call.body | {"id": 9})
    fake_server.answer(
        "create_files", lambda call: {"files": [f | {"id": n} for n, f in enumerate(call.body["files"], 40)]}
    )
    fake_server.answer("create_ro_crate_entity", lambda call: call.body | {"id": 3})
    await create(client, make_plan("s.yaml", SPEC), user="ada")
    (workflow,) = (call.body for call in fake_server.calls_of("create_workflow"))
    for name in ("slurm_defaults", "access_groups", "dynamic_jobs", "enable_ro_crate"):
        assert workflow[name] == SPEC[name]
    first, second = (call.body for call in fake_server.calls_of("create_slurm_scheduler"))
    assert first == {
        "workflow_id": 7, "name": "short", "account": "wind", "nodes": 2, "walltime": "01:00:00", "gres": "gpu:1"
    }  # fmt: skip
    assert (second["account"], second["nodes"]) == ("sun", 1)
    assert fake_server.calls_of("create_jobs")[0].body["jobs"][0]["scheduler_id"] == 32
    configs = [call.body["action_config"] for call in fake_server.calls_of("create_workflow_action")]
    assert configs == [
        {"scheduler_type": "slurm", "start_one_worker_per_node": True, "scheduler_id": 31},
        {"scheduler_type": "local", "num_allocations": 2, "max_parallel_jobs": 3},
    ]
    (entity,) = (call.body for call in fake_server.calls_of("create_ro_crate_entity"))
    assert (entity["entity_id"], entity["file_id"]) == ("doi:1", 40)


def test_a_dry_run_counts_them_and_warns():
    found = summary(make_plan("s.yaml", SPEC))
    assert found["summary"]["scheduler_names"] == ["short", "long"]
    assert (found["summary"]["slurm_scheduler_count"], found["summary"]["has_schedule_nodes_action"]) == (2, True)
    assert "jobs_sort_method" in found["warnings"][0]


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"slurm_defaults": {"Partition": "x"}}, "slurm_defaults.Partition: cannot be the same for all allocations"),
        ({"slurm_defaults": {"a": [1]}}, "slurm_defaults.a: must be text, a number, true or false, not a list"),
        ({"slurm_defaults": {}}, "slurm_schedulers[0]: the field 'account' is missing"),
        ({"actions": [START]}, "actions[0]: schedule_nodes needs a scheduler_type; write slurm or local"),
        ({"actions": [{**START, "scheduler_type": "slurm"}]}, "actions[0]: schedule_nodes needs a scheduler"),
        (
            {"actions": [{**START, "scheduler_type": "slurm", "scheduler": "shrt"}]},
            "actions[0].scheduler: no Slurm scheduler is named 'shrt'; did you mean 'short'?",
        ),
        (
            {"actions": [{**START, "scheduler_type": "slurm", "scheduler": "short"}]},
            "actions[0].scheduler: its allocations have 2 nodes, one runner, and no job that needs 2",
        ),
        (
            {"actions": [{**START, "scheduler_type": "local", "commands": ["x"]}]},
            "actions[0].commands: schedule_nodes has",
        ),
        (
            {"execution_config": {"mode": "slurm"}},
            "actions[0].start_one_worker_per_node: Slurm starts jobs on all nodes",
        ),
        (
            {"execution_config": {"mode": "auto", "oom_exit_code": 1}},
            "execution_config.oom_exit_code: is for mode direct; take it out",
        ),
        ({"execution_config": {"enable_cpu_bind": True}}, "execution_config.enable_cpu_bind: is for mode slurm"),
        ({"actions": []}, "execution_config.srun_mpi: has no action with start_one_worker_per_node"),
        ({"enable_ro_crate": False}, "files[0].identifier: is for RO-Crates; set enable_ro_crate"),
        (
            {"jobs": [{"name": "a", "command": "true", "scheduler": "lon"}]},
            "jobs[0].scheduler: no Slurm scheduler is named",
        ),
        ({"jobs": [{"name": "a", "command": "true", "label": " "}]}, "jobs[0].label: must not be empty"),
        (
            {"slurm_schedulers": [{"name": "short", "account": "a", "nodes": 2, "walltime": "4h"}]},
            "slurm_schedulers[0].walltime: '4h' is no time limit of Slurm; write hours:minutes:seconds",
        ),
        (
            {"execution_config": {"termination_signal": "SIGNONE"}},
            "execution_config.termination_signal: 'SIGNONE' is no signal; write a name such as SIGTERM",
        ),
    ],
    ids=str,
)
def test_mistakes_are_told(members, told):
    assert any(line.startswith(told) for line in problems_of(**members)), problems_of(**members)


def test_nodes_are_not_looked_at_where_checks_are_skipped():
    actions = [{**START, "scheduler_type": "slurm", "scheduler": "short"}]
    make_plan("s.yaml", {**SPEC, "execution_config": {}, "actions": actions}, skip_checks=True)


def test_people_are_told_what_the_jobs_would_run_on():
    assert overview(make_plan("s.yaml", SPEC))["runs_on"] == "what its actions schedule"
    local = {"name": "w", "jobs": [{"name": "a", "command": "true"}]}
    assert overview(make_plan("s.yaml", local))["runs_on"] == "runners that are started with torc run"
