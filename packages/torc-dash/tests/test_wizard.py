"""The wizard writes specs that are valid and say what the form says."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from torc_client.spec.formats import Format
from torc_client.spec.plan import Plan, make_plan
from torc_client.spec.reading import parse
from torc_dash.specs.examine import examine
from torc_dash.wizard.checking import FieldProblem, own_problems, problems_in
from torc_dash.wizard.document import document_of, text_of
from torc_dash.wizard.form import MOST_ROWS, JobRow, WizardForm, read

WORDS = st.text(max_size=12) | st.sampled_from(
    ["a", "b_{i}", "b_{i}_{x:03d}", "c", "true", "1", "~", "null", "${files.input.a}"]
)
PARAMETERS = (
    st.sampled_from(["", "i = 1:3", "i=1:3; x=[a, 'b']", "x = 0:1:0.5\ni = 7", "i", "i=", "1=2", "i=@x"]) | WORDS
)
ROWS = st.builds(
    JobRow,
    name=WORDS,
    command=WORDS | st.just("echo {i} |\n tee \"x\" > '$HOME'"),
    parameters=PARAMETERS,
    needs=WORDS | st.sampled_from(["a, c", "b_{i}", "b_{i}_{x:03d}", "b_1"]),
    preset=st.sampled_from(["small", "medium", "large", "gpu"]),
    runtime=st.sampled_from(["", "", "30m", "PT2H", "soon"]),
)
FORMS = st.builds(
    WizardForm,
    name=WORDS,
    description=WORDS,
    jobs=st.lists(ROWS, min_size=1, max_size=4).map(tuple),
    at_start=WORDS,
    at_end=WORDS,
    account=WORDS,
    partition=WORDS,
    walltime=st.sampled_from(["", "04:00:00", "1-0:0:0", "long"]),
    allocations=st.sampled_from(["", "1", "12", "0", "many"]),
    monitoring=st.sampled_from(["summary", "time_series", "off"]),
    interval=st.sampled_from(["", "5", "0", "often"]),
    format=st.sampled_from(list(Format)),
)


def problems_of(form: WizardForm) -> tuple[FieldProblem, ...]:
    return own_problems(form) or problems_in(examine(text_of(form), form.format), form)


def plan_of(form: WizardForm) -> Plan:
    assert problems_of(form) == ()
    return make_plan("spec", parse("spec", text_of(form), format=form.format).value)


def form_of(*rows: JobRow, **members: Any) -> WizardForm:
    return WizardForm(**{"name": "sweep", "jobs": rows, **members})


@settings(max_examples=300, deadline=None)
@given(FORMS)
@example(form_of(JobRow("a", "echo '\x85 \u2028 \ufeff: #'"), description="\t- x:\n  y"))
def test_a_form_has_problems_or_a_spec_of_its_fields(form: WizardForm):
    problems = problems_of(form)
    rows = range(len(form.jobs))
    assert all(problem.message and (problem.row is None or problem.row in rows) for problem in problems)
    if problems:
        return
    document = parse("spec", text_of(form), format=form.format).value
    assert document == document_of(form)
    make_plan("spec", document)
    assert document["name"] == form.name
    assert [(job["name"], job["command"]) for job in document["jobs"]] == [
        (row.name, row.command) for _, row in form.written
    ]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "job_name", "job_command", "job_preset", "format"]), st.lists(WORDS)))
def test_everything_that_a_browser_can_send_is_a_form(sent: dict[str, list[str]]):
    form = read(sent)
    assert 1 <= len(form.jobs) <= MOST_ROWS
    problems_of(form)


@pytest.mark.parametrize("format", Format)
def test_a_whole_form_is_a_whole_spec(format: Format):
    form = form_of(
        JobRow("prepare", "echo prepared"),
        JobRow(),
        JobRow("simulate_{i}", "./simulate {i}", "i = 1:3", "prepare", "gpu", "2h"),
        JobRow("check_{i}", "./check {i}", "i = 1:3", "simulate_{i}"),
        JobRow("summarise", "./summarise", needs="check_{i}, prepare", preset="large"),
        description="a sweep",
        at_start="./notify begun",
        at_end="./notify ended",
        account="project",
        allocations="2",
        monitoring="time_series",
        interval="5",
        format=format,
    )
    plan = plan_of(form)
    names = [job.record["name"] for job in plan.jobs]
    parents = {job.record["name"]: sorted(names[number] for number in job.parents) for job in plan.jobs}
    assert parents["simulate_2"] == ["prepare"]
    assert parents["check_2"] == ["simulate_2"]
    assert parents["summarise"] == ["check_1", "check_2", "check_3", "prepare"]
    needed = {record["name"]: record for record in plan.requirements}
    assert needed["gpu_PT2H"] == needed["gpu_PT2H"] | {"num_cpus": 1, "memory": "10g", "num_gpus": 1, "runtime": "PT2H"}
    assert needed["large"] == needed["large"] | {"num_cpus": 8, "memory": "50g"}
    assert [action.record["action_type"] for action in plan.actions] == [
        "run_commands",
        "schedule_nodes",
        "run_commands",
    ]
    assert plan.slurm_schedulers[0]["account"] == "project"
    assert plan.workflow["resource_monitor"] == {"granularity": "time_series", "sample_interval_seconds": 5}
    assert not plan.warnings


def test_a_job_waits_for_the_instances_with_its_own_parameters():
    plan = plan_of(
        form_of(
            JobRow("run_{i}_{kind}", "true {i} {kind}", "i = 1:2; kind = [a, b]"),
            JobRow("run_of_others", "true"),
            JobRow("gather_{i}", "true", "i = 1:2", "run_{i}_{kind}"),
        )
    )
    names = [job.record["name"] for job in plan.jobs]
    (gather,) = [job for job in plan.jobs if job.record["name"] == "gather_2"]
    assert sorted(names[number] for number in gather.parents) == ["run_2_a", "run_2_b"]


@pytest.mark.parametrize(
    ("form", "place", "words"),
    [
        (form_of(JobRow()), "name-0", "at least one job"),
        (form_of(JobRow("a", "true"), name=""), "name", "must not be empty"),
        (form_of(JobRow(), JobRow("a", "")), "command-1", "must not be empty"),
        (form_of(JobRow("a", "true"), JobRow("a", "true")), "name-1", "defined already"),
        (form_of(JobRow("a", "true"), JobRow("b", "true", needs="c")), "needs-1", "there is no job 'c'"),
        (form_of(JobRow("a", "true", needs="b"), JobRow("b", "true", needs="a")), "name-0", "wait for each other"),
        (form_of(JobRow("a", "true", "1:3")), "parameters-0", "NAME = VALUES"),
        (form_of(JobRow("a_{i}", "true", "i = 1; i = 2")), "parameters-0", "twice"),
        (form_of(JobRow("a_{i}", "true", "i = @/etc/passwd")), "parameters-0", "in the editor"),
        (form_of(JobRow("a_{i}", "true", "i = glob:/etc/*")), "parameters-0", "in the editor"),
        (form_of(JobRow("a_{i}", "true", "i = 1:99999999999")), "parameters-0", "more than 100,000 jobs"),
        (
            form_of(JobRow("a_{i}", "true", ";".join(f"i{n} = 1:1e999999" for n in range(5000)))),
            "parameters-0",
            "more than",
        ),
        (form_of(JobRow("a_{i}", "true", "i = 1:9:0")), "parameters-0", "step"),
        (form_of(JobRow("a", "true"), JobRow("b", "true", runtime="soon")), "runtime-1", "not a valid duration"),
        (form_of(JobRow("a", "true"), account="x", walltime="long"), "walltime", "not a valid time limit"),
        (form_of(JobRow("a", "true"), account="x", allocations="many"), "allocations", "whole number"),
        (form_of(JobRow("a", "true"), interval="0"), "interval", "at least 1"),
    ],
)
def test_problems_are_at_the_fields_that_cause_them(form: WizardForm, place: str, words: str):
    found = {problem.id: problem.message for problem in problems_of(form)}
    assert words in found.get(place, ""), found
