"""Settings for allocations are checked and stored."""

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
    return [(str(problem.code), problem.place) for problem in raised.value.problems]


async def test_all_settings_are_stored(fake_server, client, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
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
        {"scheduler_type": "slurm", "num_allocations": 1, "start_one_worker_per_node": True, "scheduler_id": 31},
        {"scheduler_type": "local", "num_allocations": 2, "max_parallel_jobs": 3},
    ]
    (entity,) = (call.body for call in fake_server.calls_of("create_ro_crate_entity"))
    assert (entity["entity_id"], entity["file_id"]) == ("doi:1", 40)


def test_a_dry_run_counts_allocations():
    found = summary(make_plan("s.yaml", SPEC))
    assert found["summary"]["scheduler_names"] == ["short", "long"]
    assert (found["summary"]["slurm_scheduler_count"], found["summary"]["has_schedule_nodes_action"]) == (2, True)
    assert found["warnings"] == []


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"slurm_defaults": {"Partition": "x"}}, ("SPEC054", "slurm_defaults.Partition")),
        ({"slurm_defaults": {"account": "x", "o": "x"}}, ("SPEC054", "slurm_defaults.o")),
        (
            {"slurm_schedulers": [{"name": "short", "extra": "-a1-3"}, SPEC["slurm_schedulers"][1]]},
            ("SPEC054", "slurm_schedulers[0].extra"),
        ),
        ({"slurm_defaults": {"a": [1]}}, ("SPEC010", "slurm_defaults.a")),
        ({"slurm_defaults": {}}, ("SPEC052", "slurm_schedulers[0]")),
        ({"actions": [START]}, ("SPEC050", "actions[0]")),
        ({"actions": [{**START, "scheduler_type": "slurm"}]}, ("SPEC050", "actions[0]")),
        (
            {"actions": [{**START, "scheduler_type": "slurm", "scheduler": "shrt"}]},
            ("SPEC022", "actions[0].scheduler"),
        ),
        (
            {"execution_config": {"mode": "slurm"}},
            ("SPEC055", "actions[0].start_one_worker_per_node"),
        ),
        (
            {"execution_config": {"mode": "auto", "oom_exit_code": 1}},
            ("SPEC060", "execution_config.oom_exit_code"),
        ),
        ({"execution_config": {"enable_cpu_bind": True}}, ("SPEC060", "execution_config.enable_cpu_bind")),
        ({"actions": []}, ("SPEC060", "execution_config.srun_mpi")),
        ({"enable_ro_crate": False}, ("SPEC062", "files[0].identifier")),
        (
            {"jobs": [{"name": "a", "command": "true", "scheduler": "lon"}]},
            ("SPEC022", "jobs[0].scheduler"),
        ),
        ({"jobs": [{"name": "a", "command": "true", "label": " "}]}, ("SPEC013", "jobs[0].label")),
        ({"jobs": [{"name": "a", "command": "true", "label": "a,b"}]}, ("SPEC013", "jobs[0].label")),
        ({"jobs": [{"name": "a", "command": "true", "labels": ["a", " b"]}]}, ("SPEC013", "jobs[0].labels[1]")),
        ({"jobs": [{"name": "a", "command": "true", "labels": [""]}]}, ("SPEC013", "jobs[0].labels[0]")),
        (
            {"jobs": [{"name": "a", "command": "true", "label": "a", "labels": ["b"]}]},
            ("SPEC013", "jobs[0].label"),
        ),
        *(
            (
                {"jobs": [{"name": "a", "command": "true", "scheduler": "short", **labels}]},
                ("SPEC013", "jobs[0].scheduler"),
            )
            for labels in ({"label": "a"}, {"labels": ["a"]})
        ),
        (
            {"slurm_schedulers": [{"name": "short", "account": "a", "nodes": 2, "walltime": "4h"}]},
            ("SPEC053", "slurm_schedulers[0].walltime"),
        ),
        (
            {"execution_config": {"termination_signal": "SIGNONE"}},
            ("SPEC061", "execution_config.termination_signal"),
        ),
    ],
    ids=str,
)
def test_problems_of_allocations(members, problem):
    assert problem in problems_of(**members)


def with_nodes(nodes, *, scheduler="short", mode="direct"):
    """Return a spec with an allocation of two nodes and one runner, and a job that requires this number of nodes."""
    job = {
        "name": "a",
        "command": "true",
        "resource_requirements": "r",
        **({"scheduler": scheduler} if scheduler else {}),
    }
    return {
        **SPEC,
        "execution_config": {"mode": mode},
        "actions": [{**START, "scheduler_type": "slurm", "scheduler": "short"}],
        "resource_requirements": [{"name": "r", "num_cpus": 1, "memory": "1g", "num_nodes": nodes, "runtime": "PT10M"}],
        "jobs": [job],
    }


@pytest.mark.parametrize(("nodes", "warned"), [(1, ["SPEC055"]), (2, [])])
def test_nodes_that_would_be_idle_are_a_warning(nodes, warned):
    assert [str(each.code) for each in make_plan("s.yaml", with_nodes(nodes)).warnings] == warned
    assert make_plan("s.yaml", with_nodes(nodes, mode="slurm")).warnings == []


def test_a_job_of_another_number_of_nodes_than_its_scheduler_is_refused():
    wide = with_nodes(3)
    with pytest.raises(SpecError) as raised:
        make_plan("s.yaml", wide)
    assert [(str(each.code), each.place) for each in raised.value.problems] == [
        ("SPEC055", "slurm_schedulers[0].nodes")
    ]
    make_plan("s.yaml", wide, skip_checks=True)
    make_plan("s.yaml", with_nodes(3, scheduler=None))


def test_it_is_refused_without_an_action_too():
    with pytest.raises(SpecError) as raised:
        make_plan("s.yaml", {**with_nodes(3), "actions": []})
    assert [(str(each.code), each.place) for each in raised.value.problems] == [
        ("SPEC055", "slurm_schedulers[0].nodes")
    ]


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("mode", ["slurm", "auto", "direct"])
def test_jobs_of_one_node_or_all_nodes_of_their_scheduler_are_accepted(nodes, mode):
    make_plan("s.yaml", with_nodes(nodes, mode=mode))


def test_a_job_for_several_nodes_on_a_scheduler_of_one_is_a_warning():
    """Torc 1.0 generates such schedulers."""
    (warning,) = make_plan("s.yaml", {**with_nodes(2, scheduler="long"), "actions": []}).warnings
    assert (str(warning.code), warning.place) == ("SPEC055", "slurm_schedulers[1].nodes")


@pytest.mark.parametrize(("mode", "is_refused"), [("direct", False), ("auto", True), ("slurm", True)])
def test_one_worker_per_node_needs_mode_direct(mode, is_refused):
    spec = with_nodes(1, mode=mode)
    spec["actions"][0]["start_one_worker_per_node"] = True
    if not is_refused:
        assert make_plan("s.yaml", spec).warnings == []
        return
    with pytest.raises(SpecError) as raised:
        make_plan("s.yaml", spec)
    assert [(str(each.code), each.place) for each in raised.value.problems] == [
        ("SPEC055", "actions[0].start_one_worker_per_node")
    ]


def test_jobs_for_several_nodes_do_not_run_with_one_worker_per_node():
    spec = with_nodes(2)
    spec["actions"][0]["start_one_worker_per_node"] = True
    (warning,) = make_plan("s.yaml", spec).warnings
    assert (str(warning.code), warning.place) == ("SPEC055", "actions[0].start_one_worker_per_node")


@pytest.mark.parametrize(
    ("config", "is_refused"),
    [
        ({"mode": "slurm", "limit_resources": True}, False),
        ({"mode": "slurm", "limit_resources": False}, True),
        ({"mode": "direct", "enable_cpu_bind": False}, False),
        ({"mode": "direct", "enable_cpu_bind": True}, True),
    ],
    ids=str,
)
def test_a_setting_of_the_other_mode_is_refused_only_if_it_changes_something(config, is_refused):
    spec = {"name": "w", "jobs": [{"name": "a", "command": "true"}], "execution_config": config}
    if not is_refused:
        assert make_plan("s.yaml", spec).warnings == []
        return
    with pytest.raises(SpecError) as raised:
        make_plan("s.yaml", spec)
    (setting,) = config.keys() - {"mode"}
    assert [(str(each.code), each.place) for each in raised.value.problems] == [
        ("SPEC060", f"execution_config.{setting}")
    ]


def test_the_overview_says_on_which_nodes_jobs_run():
    assert overview(make_plan("s.yaml", SPEC))["runs_on"] == "nodes that its actions schedule"
    local = {"name": "w", "jobs": [{"name": "a", "command": "true"}]}
    assert overview(make_plan("s.yaml", local))["runs_on"] == "runners that are started with torc run"
