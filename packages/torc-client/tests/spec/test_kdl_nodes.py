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
    return f"{position}{problem.code} {problem.place}: {problem.fix}"


def test_misspelt_nodes_of_kdl_that_matter_are_all_reported_and_read_as_the_nodes_meant(problems_in):
    lines = problems_in(
        "s.kdl",
        """\
name "x"
jobb "a" { command "true" }
job "b" {
    comand "true"
    depends-on "a" "c"
    input_fle "f"
    zork { deep "er" }
}
fle "f" path="x"
job "b" comand="true" depends_on="a"
""",
    )
    assert lines == [
        "2:1 SPEC012 jobb: did you mean 'job'?",
        "4:5 SPEC012 jobs[1].comand: did you mean 'command'?",
        "5:5 SPEC012 jobs[1].depends-on: did you mean 'depends_on'?",
        "5:20 SPEC022 jobs[1].depends_on[1]: add it to jobs",
        "6:5 SPEC012 jobs[1].input_fle: did you mean 'input_file'?",
        "9:1 SPEC012 fle: did you mean 'file'?",
        "10:5 SPEC020 jobs[2].name: choose another name",
        "10:9 SPEC012 jobs[2].comand: did you mean 'command'?",
    ]


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
        "2:1 SPEC012 zork: remove it (`torc spec schema` lists the fields)",
        "3:9 SPEC012 jobs[0].note: remove it (`torc spec schema` lists the fields)",
        "5:5 SPEC012 jobs[0].cmd: did you mean 'command'?",
        "6:5 SPEC012 jobs[0].priorit: did you mean 'priority'?",
        "8:8 SPEC012 actions[0].values: remove it (`torc spec schema` lists the fields)",
        "8:96 SPEC012 actions[0].zork: remove it (`torc spec schema` lists the fields)",
    ]
    assert "ignored" in plan.warnings[0].reason
    assert {name: plan.jobs[0].record.get(name) for name in ("command", "priority")} == {
        "command": "true", "priority": None,
    }  # fmt: skip


def test_a_text_without_jobs_is_a_workflow_without_jobs(tmp_path):
    (tmp_path / "s.kdl").write_text('name "x"\n')
    plan = load(str(tmp_path / "s.kdl"))
    assert (plan.jobs, [shown(warning) for warning in plan.warnings]) == ([], ["1:1 SPEC043 jobs: add at least one"])


@pytest.mark.parametrize("written", ['{ command "b"; depends_on_job "a" }', 'command="b" depends_on_job="a"'])
def test_depends_on_job_is_another_name_of_depends_on(tmp_path, written):
    (tmp_path / "s.kdl").write_text(f'name "w"\njob "a" {{ command "b" }}\njob "b" {written}\n')
    plan = load(str(tmp_path / "s.kdl"))
    assert (plan.jobs[1].parents, plan.warnings) == ((0,), [])


@pytest.mark.parametrize(
    ("node", "meant"),
    [
        ("blocked_by_job", "depends_on"),
        ("input", "input_file"),
        ("outputs", "output_file"),
    ],
)
def test_older_names_of_nodes_lead_to_the_current_ones(problems_in, node, meant):
    lines = problems_in("s.kdl", f'name "w"\njob "a" {{ command "b" }}\njob "b" {{ command "b"; {node} "a" }}\n')
    assert lines[0] == f"3:24 SPEC012 jobs[1].{node}: did you mean {meant!r}?"
