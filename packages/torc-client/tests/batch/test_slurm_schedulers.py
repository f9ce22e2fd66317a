"""Schedulers of a workflow as options of sbatch."""

import pytest

from torc_client.api.records import SlurmSchedulerModel
from torc_client.batch.schedulers import NodeAmounts
from torc_client.batch.slurm import programs
from torc_client.batch.slurm.schedulers import scheduler
from torc_client.batch.slurm.script import script_text
from torc_client.batch.system import AllocationRequest
from torc_client.errors import TorcError


def record(**changes: object) -> SlurmSchedulerModel:
    values = {"id": 5, "workflow_id": 1, "name": "main", "account": "mine", "nodes": 2, "walltime": "04:00:00"}
    return SlurmSchedulerModel(**{**values, **changes})  # type: ignore[arg-type]


def test_the_values_of_the_scheduler_override_the_defaults_of_the_workflow():
    made = scheduler(
        record(mem="2g", gres="gpu:h100:2", extra="--cpus-per-task=8", ntasks_per_node=2, serialize_allocations=True),
        {"account": "other", "qos": "high", "mail_type": "END", "exclusive": False, "hold": True, "C": "fast"},
    )
    assert made.options == {
        "account": "mine", "qos": "high", "mail-type": "END", "hold": "", "C": "fast", "time": "04:00:00",
        "nodes": "2", "gres": "gpu:h100:2", "mem": "2g", "ntasks-per-node": "2",
    }  # fmt: skip
    assert (made.node, made.walltime_seconds, made.one_at_a_time) == (NodeAmounts(16, 2048, 2), 14_400, True)


@pytest.mark.parametrize(
    ("values", "defaults", "node"),
    [
        ({}, {}, NodeAmounts(num_gpus=0)),
        ({"mem": "0"}, {"cpus_per_task": 4}, NodeAmounts(4, None, 0)),
        ({"mem": "1500M", "gres": "gpu,tmp:4"}, {"exclusive": True, "cpus-per-task": 4}, NodeAmounts(None, 1500, 1)),
        ({"gres": "gpu:2", "extra": "-c 3"}, {"c": 1}, NodeAmounts(3, None, 2)),
        ({"gres": "license:2"}, {}, NodeAmounts(num_gpus=0)),
        ({"extra": "--gpus-per-node=2"}, {}, NodeAmounts()),
        ({}, {"gpus_per_node": 2}, NodeAmounts()),
        ({}, {"exclusive": True}, NodeAmounts()),
    ],
)
def test_amounts_that_the_scheduler_does_not_set_are_unknown(values, defaults, node):
    assert scheduler(record(**values), defaults).node == node


def test_a_time_limit_that_only_slurm_understands_is_unknown():
    assert scheduler(record(walltime="UNLIMITED"), {}).walltime_seconds is None


@pytest.mark.parametrize("name", ["partition", "job_name", "Time"])
def test_defaults_that_each_allocation_sets_itself_are_refused(name):
    with pytest.raises(TorcError, match=f"slurm_defaults has {name}"):
        scheduler(record(), {name: "x"})


def test_a_switch_and_a_short_option_in_the_script(tmp_path):
    request = AllocationRequest("n", "m", {"hold": "", "C": "a b", "q": ""}, tmp_path, "o", "e", ["true"])
    lines = script_text(request).splitlines()
    assert [line for line in lines if line in {"#SBATCH --hold", '#SBATCH -C "a b"', "#SBATCH -q"}] == [
        "#SBATCH --hold",
        '#SBATCH -C "a b"',
        "#SBATCH -q",
    ]


@pytest.mark.parametrize(("count", "name"), [(1, "out_%j.e"), (2, "out_%j_%A_%a.e")])
def test_files_of_elements_of_an_array_have_its_id_and_their_numbers(tmp_path, count, name):
    request = AllocationRequest("n", "m", {}, tmp_path, "out_%j.o", "out_%j.e", ["true"], count=count)
    lines = script_text(request).splitlines()
    assert [line for line in lines if line.startswith("#SBATCH --error")] == [f"#SBATCH --error={name}"]


def test_commands_of_slurm_get_no_secrets_and_sbatch_no_variables_of_an_allocation(tmp_path, monkeypatch):
    (tmp_path / "sbatch").write_text("#!/bin/sh\nexec /usr/bin/env\n")
    (tmp_path / "sbatch").chmod(0o755)
    (tmp_path / "squeue").symlink_to(tmp_path / "sbatch")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    for name in ("TORC_PASSWORD", "TORC_COOKIE_HEADER", "TORC_TOKEN_FILE"):
        monkeypatch.setenv(name, "hidden")
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "4")
    monkeypatch.setenv("SLURM_CONF", "here")
    monkeypatch.setenv("TORC_API_URL", "url")
    assert "SLURM_CPUS_PER_TASK=4" in programs.run(["sbatch"])
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    given = programs.run(["sbatch"]).splitlines()
    assert {"SLURM_CONF=here", "TORC_API_URL=url"} <= set(given)
    assert not [line for line in given if "hidden" in line or line.startswith(("SLURM_JOB_ID", "SLURM_CPUS"))]
    assert "SLURM_CPUS_PER_TASK=4" in programs.run(["squeue"])


def test_the_warning_before_the_end_can_be_chosen(tmp_path):
    def signals(**changes):
        request = AllocationRequest("n", "m", changes, tmp_path, "o", "e", ["true"], warning_seconds=90)
        return [line for line in script_text(request).splitlines() if "--signal" in line]

    assert signals() == ["#SBATCH --signal=B:USR1@90"]
    assert signals(signal="TERM@30") == ["#SBATCH --signal=TERM@30"]


@pytest.mark.parametrize(
    "extra",
    ["--array=1-3", "-a 1-3", "-a1-3", "--arr 1-3", "-Ha1", "--qos=x -D /tmp", "--export=NONE", "-W", "--test-only"],
)
def test_options_that_the_submission_sets_itself_are_conflicts(extra):
    (sentence,) = scheduler(record(extra=extra), {}).conflicts
    assert sentence.startswith("extra has -")
    assert ", but Torc uses it to " in sentence


@pytest.mark.parametrize("name", ["array", "a", "open_mode", "o", "Signal", "chdir"])
def test_defaults_that_the_submission_sets_itself_are_conflicts(name):
    (sentence,) = scheduler(record(), {name: "x"}).conflicts
    assert sentence.startswith(f"slurm_defaults has {name}, but Torc uses it to ")
    assert scheduler(record(), {name: False}).conflicts == []


@pytest.mark.parametrize(
    ("extra", "shown"),
    [("--clusters=other", "--clusters"), ("--cluster other", "--cluster"), ("-M other", "-M"), ("-HMother", "-M")],
)
def test_allocations_of_another_cluster_are_refused(extra, shown):
    (sentence,) = scheduler(record(extra=extra), {}).conflicts
    assert sentence == f"extra has {shown}, but Torc requests allocations only from the cluster of this machine"
    assert len(scheduler(record(), {"clusters": "other"}).conflicts) == 1


@pytest.mark.parametrize(
    "extra",
    ["-H", "--hold", "--cluster-constraint=a", "--comment=x", "-A mine", "--nice=5", "-C a", "--wait-all-nodes=1"],
)
def test_other_options_are_no_conflicts(extra):
    assert scheduler(record(extra=extra), {"comment": "x", "A": "mine"}).conflicts == []


@pytest.mark.parametrize("extra", ["--job-name=x", "-J x", "-d singleton"])
def test_names_and_dependencies_are_conflicts_of_chained_allocations_only(extra):
    assert scheduler(record(extra=extra), {}).conflicts == []
    assert len(scheduler(record(extra=extra, serialize_allocations=True), {}).conflicts) == 1


@pytest.mark.parametrize(
    ("options", "extra"),
    [({"comment": "my project"}, ""), ({}, "--comment='my project'"), ({"comment": "x"}, "--comment 'my project' -H")],
)
def test_a_comment_follows_the_mark(tmp_path, options, extra):
    request = AllocationRequest("n", "torc-1", options, tmp_path, "o", "e", ["true"], extra=extra)
    lines = script_text(request).splitlines()
    assert [line for line in lines if line.startswith("#SBATCH --comment")] == ['#SBATCH --comment="torc-1 my project"']
    assert ("#SBATCH -H" in lines) == extra.endswith("-H")
