"""Specs with several mistakes: which problems are reported, and with which fix."""

import pytest

from torc_client.spec.plan import make_plan
from torc_client.spec.problems import Problem, SpecError

JOB = {"name": "a", "command": "true"}


def problems_of(**spec: object) -> list[Problem]:
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], **spec})
    return caught.value.problems


def places_of(**spec: object) -> list[str]:
    return [problem.place for problem in problems_of(**spec)]


def test_a_problem_of_a_job_with_many_instances_is_reported_once():
    many = {"name": "b_{i}", "command": "true", "parameters": {"i": "1:3"}, "depends_on": ["c"]}
    assert places_of(jobs=[JOB, many]) == ["jobs[1].depends_on[0]"]


def test_a_problem_that_differs_between_instances_is_reported_for_the_first_ones():
    many = {"name": "b_{i}", "command": "true", "parameters": {"i": "1:9"}, "depends_on": ["c_{i}"]}
    assert [problem.reason.split("'")[1] for problem in problems_of(jobs=[JOB, many])] == ["c_1", "c_2", "c_3"]


def test_invalid_parameters_that_are_not_used_hide_no_other_problem():
    places = places_of(
        parameters={"i": "1:5:0"}, jobs=[{**JOB, "depends_on": ["b"], "command": "cat ${files.input.x}"}]
    )
    assert places == ["parameters.i", "jobs[0].command", "jobs[0].depends_on[0]"]


def test_problems_that_follow_from_invalid_parameters_are_not_reported():
    taker = {"name": "b_{i}", "command": "true", "use_parameters": ["i"]}
    places = places_of(parameters={"i": "1:5:0"}, jobs=[{**JOB, "depends_on": ["b_1"]}, taker])
    assert places == ["parameters.i"]


@pytest.mark.parametrize(
    ("values", "has_warning"),
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
def test_a_range_with_only_its_first_value_is_a_warning(values, has_warning):
    plan = make_plan("spec", {"name": "w", "jobs": [{**JOB, "name": "a_{p}", "parameters": {"p": values}}]})
    assert [warning.place for warning in plan.warnings] == (["jobs[0].parameters.p"] if has_warning else [])


def test_a_comma_in_quotes_belongs_to_the_value():
    plan = make_plan("spec", {"name": "w", "jobs": [{**JOB, "name": "a {p}", "parameters": {"p": "['x, y', z]"}}]})
    assert [job.record["name"] for job in plan.jobs] == ["a x, y", "a z"]
