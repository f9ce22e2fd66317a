"""From document to plan: what a spec means, and which problems are found at which place."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torc_client.spec import SpecError
from torc_client.spec.graph import find_cycles, levels
from torc_client.spec.plan import make_plan

TRUE = {"command": "true"}


def plan_of(**members):
    return make_plan("spec.yaml", {"name": "w", **members})


def problems_of(**members):
    with pytest.raises(SpecError) as raised:
        plan_of(**members)
    return [(str(problem.code), problem.place) for problem in raised.value.problems]


def reasons_of(**members):
    with pytest.raises(SpecError) as raised:
        plan_of(**members)
    return [problem.reason for problem in raised.value.problems]


def names(plan, numbers):
    return [plan.jobs[number].record["name"] for number in numbers]


def test_parameters_of_the_workflow_apply_only_with_use_parameters():
    plan = plan_of(
        parameters={"i": "1:2"},
        jobs=[{"name": "a_{i}", "command": "echo {i}", "use_parameters": ["i"]}, {"name": "b", "command": "echo {i}"}],
    )
    assert [job.record["command"] for job in plan.jobs] == ["echo 1", "echo 2", "echo {i}"]


def test_own_parameters_replace_those_of_the_workflow():
    plan = plan_of(
        parameters={"i": "1:9"},
        jobs=[{"name": "a_{i}", "parameters": {"i": "[x]"}, "use_parameters": ["i"], **TRUE}],
    )
    assert names(plan, range(len(plan.jobs))) == ["a_x"]


def test_names_and_patterns_are_merged():
    plan = plan_of(
        jobs=[
            *({"name": f"a_{number}", **TRUE} for number in range(3)),
            {"name": "end", "depends_on": ["a_2"], "depends_on_regexes": ["^a_", "."], **TRUE},
        ]
    )
    assert names(plan, plan.jobs[3].parents) == ["a_2", "a_0", "a_1"]
    assert plan.levels == [[0, 1, 2], [3]]


def test_references_become_paths_and_dependencies_beside_listed_ones():
    plan = plan_of(
        files=[{"name": "in", "path": "data/in.txt"}, {"name": "also", "path": "x"}, {"name": "out", "path": "o"}],
        user_data=[{"name": "settings", "data": {"rate": 0.5, "who": "Zoë"}}],
        jobs=[
            {
                "name": "a",
                "command": "run ${files.input.in} '${user_data.input.settings}' ${HOME} > ${files.output.out}",
                "input_files": ["also"],
            }
        ],
    )
    job = plan.jobs[0]
    assert job.record["command"] == 'run data/in.txt \'{"rate":0.5,"who":"Zoë"}\' ${HOME} > o'
    assert (job.input_files, job.output_files, job.input_user_data) == ((1, 0), (2,), (0,))


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({}, ("SPEC011", "")),
        (
            {"jobs": [TRUE]},
            ("SPEC011", "jobs[0]"),
        ),
        ({"jobs": [{"name": 1, **TRUE}]}, ("SPEC010", "jobs[0].name")),
        (
            {"jobs": [{"name": "a", "comand": "true"}]},
            ("SPEC012", "jobs[0].comand"),
        ),
        ({"jobs": [{"name": "a", **TRUE, "priority": -1}]}, ("SPEC013", "jobs[0].priority")),
        (
            {"jobs": [{"name": "a", **TRUE}], "datasets": [{"name": "d"}]},
            ("SPEC011", "datasets[0]"),
        ),
        (
            {"jobs": [{"name": "build", **TRUE}, {"name": "b", **TRUE, "depends_on": ["biuld"]}]},
            ("SPEC022", "jobs[1].depends_on[0]"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE, "depends_on": ["a"]}]},
            ("SPEC026", "jobs[0].depends_on"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}, {"name": "a", **TRUE}]},
            ("SPEC020", "jobs[1].name"),
        ),
        (
            {"jobs": [{"name": "a", "parameters": {"i": "1:2"}, **TRUE}]},
            ("SPEC032", "jobs[0].name"),
        ),
        (
            {"jobs": [{"name": "a", "use_parameters_file": True, **TRUE}]},
            ("SPEC033", "jobs[0].use_parameters_file"),
        ),
        (
            {"jobs": [{"name": "a", "command": "cat ${files.input.x}"}]},
            ("SPEC022", "jobs[0].command"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE, "depends_on_regexes": ["^z"]}]},
            ("SPEC024", "jobs[0].depends_on_regexes[0]"),
        ),
        (
            {
                "jobs": [{"name": "a", **TRUE}],
                "resource_requirements": [{"name": "r", "num_cpus": 1, "memory": "1GB"}],
            },
            ("SPEC040", "resource_requirements[0].memory"),
        ),
        (
            {"jobs": [{"name": "a", "command": "cat ${files.inptu.x}"}]},
            ("SPEC025", "jobs[0].command"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE, "depends_on_regexes": ["a"]}]},
            ("SPEC024", "jobs[0].depends_on_regexes[0]"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE, "depends_on_regexes": ["(a"]}]},
            ("SPEC023", "jobs[0].depends_on_regexes[0]"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}], "parameters": {"unused": "1:5:0"}},
            ("SPEC030", "parameters.unused"),
        ),
        (
            {"jobs": [{"name": "{i} {k}", **TRUE, "parameters": {"i": "1:9999", "k": "1:9999"}}]},
            ("SPEC031", "jobs[0]"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE, "env": {"A=B": "c"}}]},
            ("SPEC013", "jobs[0].env"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}], "execution_config": {"oom_exit_cod": 1}},
            ("SPEC012", "execution_config.oom_exit_cod"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}], "resource_monitor": {"jobs": {"enabled": 3}}},
            ("SPEC010", "resource_monitor.jobs.enabled"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}], "metadata": "not JSON"},
            ("SPEC010", "metadata"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}], "user_data": [{"name": "d", "data": {"a": [float("inf")]}}]},
            ("SPEC014", "user_data[0].data"),
        ),
        (
            {"jobs": [{"name": "a", **TRUE}], "user_data": [{"name": "d", "data": {1: 2}}]},
            ("SPEC010", "user_data[0].data"),
        ),
    ],
)
def test_a_problem_has_a_code_and_a_place(members, problem):
    assert problems_of(**members) == [problem]


def test_all_problems_are_reported_at_once():
    problems = problems_of(
        jobs=[{"name": "a", **TRUE, "depends_on": ["x", "y"]}, {"name": "a", **TRUE, "input_files": ["z"]}]
    )
    assert len(problems) == 4


def test_a_problem_that_every_instance_has_is_reported_three_times():
    jobs = [{"name": "a_{i}", "parameters": {"i": "1:100000"}, "depends_on": ["b_{i}"], **TRUE}]
    assert problems_of(jobs=jobs) == [("SPEC022", "jobs[0].depends_on[0]")] * 3


def test_lists_that_jobs_share_by_an_alias_are_not_changed():
    shared: list[str] = []
    jobs = [
        {"name": "a", "command": "cat ${files.input.f}", "input_files": shared},
        {"name": "b", "command": "true", "input_files": shared},
    ]
    plan = plan_of(jobs=jobs, files=[{"name": "f", "path": "f"}])
    assert [job.input_files for job in plan.jobs] == [(0,), ()]


def test_metadata_as_text_becomes_the_map_that_it_describes():
    assert plan_of(jobs=[{"name": "a", **TRUE}], metadata='{"team": "wind"}').workflow["metadata"] == {"team": "wind"}


@pytest.mark.parametrize(("memory", "valid"), [("8G", True), ("512", True), ("9999999t", False), ("1.5g", False)])
def test_memory_that_the_server_accepts(memory, valid):
    members = {
        "jobs": [{"name": "a", **TRUE}],
        "resource_requirements": [{"name": "r", "num_cpus": 1, "memory": memory}],
    }
    if valid:
        assert plan_of(**members).requirements
    else:
        assert problems_of(**members) == [("SPEC040", "resource_requirements[0].memory")]


@pytest.mark.parametrize("runtime", ["P0DT1M", "PT1M30S", "P1DT2H", "PT0S", "P30DT0H", "PT1.5S", "P1W"])
def test_durations_that_the_server_accepts(runtime):
    requirements = [{"name": "r", "num_cpus": 1, "memory": "1m", "runtime": runtime}]
    assert plan_of(jobs=[{"name": "a", **TRUE}], resource_requirements=requirements).requirements


@pytest.mark.parametrize("runtime", ["1h", "P", "PT", "PT1", "1:00:00", "PT-1M", "P1H"])
def test_invalid_durations(runtime):
    requirements = [{"name": "r", "num_cpus": 1, "memory": "1m", "runtime": runtime}]
    problems = problems_of(jobs=[{"name": "a", **TRUE}], resource_requirements=requirements)
    assert problems == [("SPEC041", "resource_requirements[0].runtime")]


def test_a_cycle_through_files_is_reported():
    jobs = [
        {"name": "one", "command": "cat ${files.input.f}"},
        {"name": "two", "depends_on": ["one"], **TRUE},
        {"name": "three", "depends_on": ["two"], "output_files": ["f"], **TRUE},
    ]
    assert problems_of(jobs=jobs, files=[{"name": "f", "path": "f"}]) == [("SPEC042", "jobs[0]")]


def test_a_long_cycle_is_shortened_in_the_message():
    jobs = [{"name": f"j{number}", "depends_on": [f"j{(number + 1) % 5000}"], **TRUE} for number in range(5000)]
    (reason,) = reasons_of(jobs=jobs)
    assert ("j9 " in reason, "j11 " in reason, "(4990 " in reason, "j0" in reason) == (True, False, True, True)


def test_a_job_that_reads_what_it_writes_does_not_wait_for_itself():
    jobs = [{"name": "a", "input_files": ["f"], "output_files": ["f"], **TRUE}]
    assert plan_of(jobs=jobs, files=[{"name": "f", "path": "f"}]).levels == [[0]]


def test_all_to_all_through_user_data_is_linear():
    count = 1000
    jobs = [
        {"name": "a_{i}", "output_user_data_regexes": ["^f$"], "parameters": {"i": f"1:{count}"}, **TRUE},
        {"name": "b_{i}", "input_user_data": ["f"], "parameters": {"i": f"1:{count}"}, **TRUE},
    ]
    assert len(plan_of(jobs=jobs, user_data=[{"name": "f"}]).jobs) == 2 * count


def test_a_chain_of_ten_thousand():
    jobs = [
        {"name": f"j{number}", "depends_on": [f"j{number - 1}"] if number else [], **TRUE} for number in range(10_000)
    ]
    assert len(plan_of(jobs=jobs).levels) == 10_000


@given(st.lists(st.lists(st.integers(0, 14), max_size=4), min_size=15, max_size=15))
def test_levels_and_cycles_of_random_graphs(parents):
    cycles = find_cycles(parents, 15)
    order = [node for level in levels(parents) for node in level]
    if cycles:
        for cycle in cycles:
            assert cycle[0] == cycle[-1]
            assert all(later in parents[earlier] for earlier, later in pairwise(cycle))
        assert len({node for cycle in cycles for node in cycle}) == sum(len(cycle) - 1 for cycle in cycles)
        assert find_cycles(parents, 1) == cycles[:1]
        assert len(order) < len(parents)
    else:
        position = {node: index for index, node in enumerate(order)}
        assert all(position[parent] < position[node] for node in range(15) for parent in parents[node])


def test_an_unknown_name_is_reported_for_each_job_that_uses_it():
    jobs = [{"name": name, "command": "true", "depends_on": ["nobody"]} for name in ("a", "b")]
    problems = problems_of(jobs=jobs)
    assert problems == [("SPEC022", "jobs[0].depends_on[0]"), ("SPEC022", "jobs[1].depends_on[0]")]


def test_jobs_that_wait_for_the_same_jobs_share_one_group():
    jobs = [
        *({"name": f"a_{number}", "command": "true"} for number in range(3)),
        {"name": "by_regex", "command": "true", "depends_on_regexes": ["^a_"]},
        {"name": "by_regex_too", "command": "true", "depends_on_regexes": ["^a_"]},
        {"name": "by_name", "command": "true", "depends_on": ["a_0", "a_1", "a_2"]},
        {"name": "by_both", "command": "true", "depends_on": ["a_0"], "depends_on_regexes": ["^a_"]},
    ]
    plan = plan_of(jobs=jobs)
    assert len({id(job.parents) for job in plan.jobs[3:]}) == 1
    assert plan.jobs[3].parents == (0, 1, 2)
    assert plan.levels == [[0, 1, 2], [3, 4, 5, 6]]


ONE = [{"name": "a", "command": "true"}]
START = {"trigger_type": "on_workflow_start", "action_type": "run_commands"}


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        (
            {"jobs": [{**ONE[0], "failure_handler": "retry"}], "failure_handlers": [{"name": "retri", "rules": []}]},
            ("SPEC022", "jobs[0].failure_handler"),
        ),
        (
            {"jobs": ONE, "failure_handlers": [{"name": "h", "rules": [{"exit_codes": ["3"]}]}]},
            ("SPEC010", "failure_handlers[0].rules[0].exit_codes[0]"),
        ),
        (
            {"jobs": ONE, "failure_handlers": [{"name": "h", "rules": [{"max_retries": -1}]}]},
            ("SPEC013", "failure_handlers[0].rules[0].max_retries"),
        ),
        (
            {"jobs": [{**ONE[0], "stdio": {"mode": "both"}}]},
            ("SPEC013", "jobs[0].stdio.mode"),
        ),
        (
            {"jobs": [{**ONE[0], "stdio": {"delete": True}}]},
            ("SPEC012", "jobs[0].stdio.delete"),
        ),
        ({"jobs": ONE, "actions": [START]}, ("SPEC050", "actions[0]")),
        (
            {"jobs": ONE, "actions": [{**START, "trigger_type": "on_jobs_ready", "commands": ["x"]}]},
            ("SPEC050", "actions[0]"),
        ),
        (
            {"jobs": ONE, "actions": [{**START, "trigger_type": "on_jobs_ready", "jobs": ["b"], "commands": ["x"]}]},
            ("SPEC022", "actions[0].jobs[0]"),
        ),
    ],
)
def test_problems_of_failure_handlers_actions_and_output(members, problem):
    assert problems_of(**members) == [problem]
