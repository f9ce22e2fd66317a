"""torc slurm plan-allocations, without Slurm. `tests/slurm` has it with one."""

import pytest

SPEC = """
name: demo
parameters: {i: "1:40"}
resource_requirements: [{name: r, num_cpus: 52, memory: 2g, runtime: PT10M}]
jobs:
  - {name: "work_{i}", command: "true", use_parameters: [i], resource_requirements: r}
  - {name: last, command: "true", resource_requirements: r, depends_on_regexes: ["work_.*"]}
"""


@pytest.fixture(autouse=True)
def folder(nobodys_environment, monkeypatch):
    (nobodys_environment / "w.yaml").write_text(SPEC)
    monkeypatch.setenv("PATH", str(nobodys_environment))
    return nobodys_environment


async def test_the_plan_needs_neither_slurm_nor_an_account(torc, folder):
    ended = await torc("-f", "json", "slurm", "plan-allocations", "w.yaml", "--profile", "kestrel", "--offline")
    assert (ended.code, ended.err) == (0, "")
    plan = ended.json
    assert plan["workflow_analysis"] == {
        "total_jobs": 2, "total_instances": 41, "dependency_depth": 2, "max_parallelism": 40,
        "max_parallelism_level": 0, "resource_groups": 2, "ideal_nodes": 21,
    }  # fmt: skip
    assert (plan["profile_name"], plan["profile_display_name"], plan["account"]) == ("kestrel", "NLR Kestrel", None)
    assert (plan["cluster_state"], plan["warnings"]) == ([], [])
    wide, last = plan["recommendations"]
    assert (wide["group_name"], wide["partition"], wide["job_count"]) == ("short_scheduler", "short", 40)
    assert (wide["num_allocations"], wide["nodes_per_allocation"], wide["total_nodes"]) == (20, 1, 20)
    assert (wide["strategy"], last["strategy"], last["num_allocations"]) == ("many-small", "single", 1)
    assert wide["sbatch_estimates"] is None
    assert [each["requirements"] for each in plan["resource_groups"]] == [["r"], ["r"]]
    table = await torc("slurm", "plan-allocations", "w.yaml", "--profile", "kestrel", "--offline")
    assert "41 jobs in 2 levels of dependencies on NLR Kestrel; 40 at a time at most, in level 0." in table.out
    assert "torc slurm generate w.yaml" in table.out


async def test_without_slurm_a_warning_says_what_is_not_known(torc):
    ended = await torc("-f", "json", "slurm", "plan-allocations", "w.yaml", "--profile", "kestrel")
    assert ended.code == 0
    assert "sinfo was not found" in ended.json["warnings"][0]
    ended.told()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("-p", "none", "--profile", "kestrel"), "no such partition"),
        (("--profile", "x"), "no such cluster"),
        (("-p", "debug", "--profile", "dane"), "partition of another cluster"),
    ],
)
async def test_mistakes(torc, arguments, error):
    ended = await torc("slurm", "plan-allocations", "w.yaml", *arguments, "--offline")
    assert (ended.code, ended.out) == (1, "")
    ended.told(error)
