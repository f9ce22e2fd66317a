"""Paths of files: one path is one file, one job writes it, and nothing in it is expanded."""

import pytest

from torc_client.spec import SpecError
from torc_client.spec.plan import make_plan


def plan_of(files, jobs, **members):
    jobs = [{"command": "true", **job} for job in jobs]
    return make_plan("spec.yaml", {"name": "w", "files": files, "jobs": jobs, **members})


def problem_of(files, jobs, **members):
    with pytest.raises(SpecError) as raised:
        plan_of(files, jobs, **members)
    (problem,) = raised.value.problems
    return problem


F = [{"name": "f", "path": "b.txt"}]
WRITE = {"output_files": ["f"]}


def test_two_jobs_that_write_one_file_are_refused_with_both_names():
    problem = problem_of(F, [{"name": "j1", **WRITE}, {"name": "j2", **WRITE}])
    assert (problem.code.number, problem.place) == ("SPEC044", "jobs[1]")
    assert all(repr(name) in problem.reason for name in ("b.txt", "j1", "j2"))


def test_instances_that_write_one_path_are_told_to_put_the_parameter_into_it():
    files = [{"name": "f_{i}", "path": "result.csv", "parameters": {"i": "1:3"}}]
    problem = problem_of(files, [{"name": "j_{i}", "output_files": ["f_{i}"], "parameters": {"i": "1:3"}}])
    assert (problem.code.number, problem.place) == ("SPEC044", "jobs[0]")
    assert all(repr(name) in problem.reason for name in ("result.csv", "j_1", "j_2"))


@pytest.mark.parametrize(
    "jobs",
    [
        [{"name": "a", **WRITE}, {"name": "b", "depends_on": ["a"], **WRITE}],
        [{"name": "b", "depends_on": ["m"], **WRITE}, {"name": "m", "depends_on": ["a"]}, {"name": "a", **WRITE}],
        [
            {"name": "a", **WRITE},
            *({"name": f"n{n}", "depends_on": [f"n{n - 1}" if n else "a"], **WRITE} for n in range(9)),
        ],
    ],
)
def test_jobs_that_wait_for_each_other_may_write_one_file(jobs):
    assert len(plan_of(F, jobs).jobs) == len(jobs)


@pytest.mark.parametrize("relative", ["b.txt", "./out/../b.txt"])
def test_a_relative_and_an_absolute_path_of_one_file_are_a_warning(tmp_path, monkeypatch, relative):
    monkeypatch.chdir(tmp_path)
    files = [{"name": "f", "path": relative}, {"name": "g", "path": f"{tmp_path}/b.txt"}]
    jobs = [{"name": "a", "output_files": ["f"]}, {"name": "b", "output_files": ["g"]}]
    plan = plan_of(files, jobs)
    (warning,) = plan.warnings
    assert (warning.code.number, warning.place) == ("SPEC045", "files[1]")
    assert all(text in warning.reason for text in ("'f'", "'g'", str(tmp_path)))
    monkeypatch.chdir("/")
    assert plan_of(files, jobs).warnings == []


def test_a_file_whose_name_looks_like_a_variable_is_found_and_accepted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = [{"name": "f_{i:stem}", "path": "{i}", "use_parameters": ["i"]}]
    jobs = [{"name": "a", "input_files": ["f_a$x"]}]
    (tmp_path / "a$x.csv").touch()
    plan = plan_of(files, jobs, parameters={"i": "glob:*.csv"})
    assert [each["path"] for each in plan.files] == ["a$x.csv"]


def test_of_several_writers_all_must_be_in_order():
    jobs = [{"name": "a", **WRITE}, *({"name": name, "depends_on": ["a"], **WRITE} for name in "bc")]
    reason = problem_of(F, jobs).reason
    assert [name for name in "abc" if repr(name) in reason] == ["b", "c"]


def test_several_jobs_may_add_to_one_folder():
    jobs = [{"name": name, "output_datasets": ["d"], "output_files": ["f"]} for name in "ab"]
    folder = [{"name": "f", "path": "out/"}]
    assert len(plan_of(folder, jobs, datasets=[{"name": "d", "path": "data"}]).jobs) == 2


def test_paths_are_compared_without_detours():
    files = [
        {"name": "f1", "path": "out/a.txt"},
        {"name": "f2", "path": "./out/a.txt"},
        {"name": "f3", "path": "out/../out/a.txt"},
    ]
    assert (
        problem_of(files, [{"name": "j1", "output_files": ["f1"]}, {"name": "j2", "output_files": ["f2"]}]).code.number
        == "SPEC044"
    )
    plan = plan_of(files, [{"name": "j1", "output_files": ["f2"]}, {"name": "use", "input_files": ["f3"]}])
    assert plan.jobs[0].output_files == plan.jobs[1].input_files == (0,)
    assert [(each.code.number, each.place) for each in plan.warnings] == [
        ("SPEC045", "files[1]"), ("SPEC045", "files[2]")
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["$HOME/x.txt", "${SCRATCH}/x", "~/y.txt", "~ann/y.txt", "data/$USER/z", "~"])
def test_what_only_a_shell_expands_is_refused(path):
    assert problem_of([{"name": "f", "path": path}], [{"name": "a"}]).code.number == "SPEC066"


@pytest.mark.parametrize("path", ["a~b.txt", "cost_5$", "a$", "it's", "$1"])
def test_other_paths_are_accepted(path):
    assert plan_of([{"name": "f", "path": path}], [{"name": "a"}]).warnings == []


def test_patterns_warn_unless_a_job_writes_the_file():
    files = [{"name": "f", "path": "data/*.csv"}, {"name": "g", "path": "a[1].txt"}]
    plan = plan_of(files, [{"name": "a", "input_files": ["f"], "output_files": ["g"]}])
    assert [(each.code.number, each.place) for each in plan.warnings] == [("SPEC067", "files[0].path")]
