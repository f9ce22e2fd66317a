"""Specs with several mistakes, as somebody new would make them: what each is told."""

import pytest

from torc_client.spec import load
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import SpecError

JOB = {"name": "a", "command": "true"}


def told(**spec: object) -> list[str]:
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], **spec})
    return [str(problem) for problem in caught.value.problems]


def test_a_mistake_of_a_job_with_many_instances_is_told_once():
    many = {"name": "b_{i}", "command": "true", "parameters": {"i": "1:3"}, "depends_on": ["c"]}
    assert told(jobs=[JOB, many]) == ["jobs[1].depends_on[0]: no job is named 'c'; add it to jobs"]


def test_what_differs_between_instances_is_told_of_the_first_ones():
    many = {"name": "b_{i}", "command": "true", "parameters": {"i": "1:9"}, "depends_on": ["c_{i}"]}
    assert [line.split("'")[1] for line in told(jobs=[JOB, many])] == ["c_1", "c_2", "c_3"]


def test_wrong_parameters_that_nobody_takes_hide_nothing():
    lines = told(parameters={"i": "1:5:0"}, jobs=[{**JOB, "depends_on": ["b"], "command": "cat ${files.input.x}"}])
    assert [line.split(":")[0] for line in lines] == ["parameters.i", "jobs[0].command", "jobs[0].depends_on[0]"]


def test_wrong_parameters_that_a_job_takes_hide_what_would_only_follow():
    taker = {"name": "b_{i}", "command": "true", "use_parameters": ["i"]}
    lines = told(parameters={"i": "1:5:0"}, jobs=[{**JOB, "depends_on": ["b_1"]}, taker])
    assert [line.split(":")[0] for line in lines] == ["parameters.i"]


def test_an_action_of_a_wrong_trigger_is_looked_at_all_the_same():
    trigger, commands = told(actions=[{"trigger_type": "on_job_ready", "action_type": "run_commands"}])
    assert trigger.endswith("; did you mean 'on_jobs_ready'?")
    assert "run_commands needs commands" in commands


@pytest.mark.parametrize(
    ("field", "written", "remedy"),
    [
        ("priority", "3", "; leave the quotes out"),
        ("priority", "high", "; write it in digits, such as 4"),
        ("priority", 1.5, "; write 2"),
        ("cancel_on_blocking_job_failure", "true", "; leave the quotes out"),
        ("cancel_on_blocking_job_failure", "yes", "; write true"),
        ("cancel_on_blocking_job_failure", "Off", "; write false"),
        ("depends_on", "a", "; write ['a']"),
        ("command", 7, "; put it in quotes"),
        ("parameter_mode", "zipp", "; did you mean 'zip'?"),
    ],
)
def test_the_remedy_suits_what_was_written(field, written, remedy):
    (line,) = told(jobs=[JOB, {**JOB, "name": "b", field: written}])[-1:]
    assert line.endswith(remedy)


@pytest.mark.parametrize(
    ("values", "is_told"),
    [
        ("0.0001:0.01:10", True),
        ("1:5:9", True),
        ("1:5:4", False),
        ("3:3:1", False),
        ("[1:2:9]", False),
        ("10:20:30:40", False),
        ("a:b:c", False),
    ],
)
def test_a_range_of_which_one_value_is_left_is_warned_of(values, is_told):
    plan = make_plan("spec", {"name": "w", "jobs": [{**JOB, "name": "a_{p}", "parameters": {"p": values}}]})
    assert [warning.place for warning in plan.warnings] == (["jobs[0].parameters.p"] if is_told else [])


def test_a_comma_in_quotes_belongs_to_the_value():
    plan = make_plan("spec", {"name": "w", "jobs": [{**JOB, "name": "a {p}", "parameters": {"p": "['x, y', z]"}}]})
    assert [job.record["name"] for job in plan.jobs] == ["a x, y", "a z"]


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("s.yaml", "name: a\njobs:\n  - name: x\n   command: y\n", ":4:4: did not find expected '-' indicator; indent"),
        ("s.yaml", "name: a\njobs:\n\t- name: x\n", ":3:1: found character that cannot start any token; indent with"),
        ("s.yaml", "name: a\njobs: [{name: x, command: echo a: b}]\n", "or put text that has a colon"),
        ("s.json", '{"name": "a",}', "; take out the comma before it"),
        ("s.json", '{"name": "a" "jobs": []}', "; a comma or a closing bracket is missing"),
        ("s.json5", "{name: 'a' jobs: []}", "; a comma, a quote or a closing bracket is missing"),
        ("s.kdl", 'name "a', "; close the quotes"),
    ],
)
def test_text_that_cannot_be_read_is_told_with_a_remedy(tmp_path, name, text, remedy):
    (tmp_path / name).write_text(text)
    with pytest.raises(SpecError) as caught:
        load(str(tmp_path / name))
    assert remedy in str(caught.value)


def test_a_name_that_stands_for_many_leads_to_a_pattern():
    many = {"name": "part.{i}", "command": "true", "parameters": {"i": "1:3"}}
    (line,) = told(jobs=[many, {**JOB, "depends_on": ["part"]}])
    assert line.endswith(r"to name all that begin so, write depends_on_regexes: ['^part']")
    (line,) = told(jobs=[many, {**JOB, "depends_on": ["par"]}])  # goes on with a letter: no instances of it
    assert "depends_on_regexes" not in line
