"""Nodes of KDL that the language does not have: they are ignored with a warning, unless they matter."""

import pytest

from torc_client.spec import SpecError, load


@pytest.fixture
def problems_in(tmp_path, monkeypatch):
    """Return a function that writes a file and returns its problems as `LINE:COLUMN CODE PLACE: FIX`."""
    monkeypatch.chdir(tmp_path)

    def loading(name, text=None):
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SpecError) as caught:
            load(name)
        return [shown(problem) for problem in caught.value.problems]

    return loading


def shown(problem):
    position = f"{problem.position.line}:{problem.position.column} " if problem.position else ""
    return f"{position}{problem.code} {problem.place}"


def test_other_unknown_nodes_of_kdl_are_ignored_with_a_warning(tmp_path):
    (tmp_path / "s.kdl").write_text(
        """\
name "x"
zork { deep "er" }
job "a" note="kept" {
    command "true"
    cmd "false"
    priorit 3
}
action "start" { trigger_type "on_workflow_start"; action_type "run_commands"; command "true"; zork; }
"""
    )
    plan = load(str(tmp_path / "s.kdl"))
    assert [shown(warning) for warning in plan.warnings] == [
        "2:1 SPEC012 zork",
        "3:9 SPEC012 jobs[0].note",
        "5:5 SPEC012 jobs[0].cmd",
        "6:5 SPEC012 jobs[0].priorit",
        "8:8 SPEC012 actions[0].values",
        "8:96 SPEC012 actions[0].zork",
    ]
    assert {name: plan.jobs[0].record.get(name) for name in ("command", "priority")} == {
        "command": "true", "priority": None,
    }  # fmt: skip


def test_a_text_without_jobs_is_a_workflow_without_jobs(tmp_path):
    (tmp_path / "s.kdl").write_text('name "x"\n')
    plan = load(str(tmp_path / "s.kdl"))
    assert (plan.jobs, [shown(warning) for warning in plan.warnings]) == ([], ["1:1 SPEC043 jobs"])


@pytest.mark.parametrize("written", ['{ command "b"; depends_on_job "a" }', 'command="b" depends_on_job="a"'])
def test_depends_on_job_is_another_name_of_depends_on(tmp_path, written):
    (tmp_path / "s.kdl").write_text(f'name "w"\njob "a" {{ command "b" }}\njob "b" {written}\n')
    plan = load(str(tmp_path / "s.kdl"))
    assert (plan.jobs[1].parents, plan.warnings) == ((0,), [])
