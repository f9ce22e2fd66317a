"""What the shell does with references, environment variables and invocation scripts."""

import pytest

from torc_client.spec import SpecError
from torc_client.spec.plan import make_plan
from torc_client.spec.quoting import Quotes, quotes_at


def plan_of(*jobs, **members):
    jobs = [{"name": f"j{number}", "command": "true", **job} for number, job in enumerate(jobs)]
    return make_plan("spec.yaml", {"name": "w", "jobs": jobs, **members})


def warnings_of(*jobs, **members):
    return [each.code.number for each in plan_of(*jobs, **members).warnings]


FILES = [
    {"name": "sp", "path": "my data/in put.txt"},
    {"name": "q", "path": "it's.txt"},
    {"name": "ok", "path": "a.txt"},
]
DATA = [{"name": "cfg", "data": {"q": "it's"}}]


@pytest.mark.parametrize(
    ("command", "quotes"),
    [("cat ", Quotes.NONE), ("cat '", Quotes.SINGLE), ('cat "', Quotes.DOUBLE), ("a 'b' ", Quotes.NONE),
     ("a '\"", Quotes.SINGLE), ("a \\' ", Quotes.NONE), ('"it\'s ', Quotes.DOUBLE), ("'a\\' ", Quotes.NONE)],
)  # fmt: skip
def test_the_marks_around_a_place(command, quotes):
    assert quotes_at(command + "X", len(command)) is quotes


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("${files.input.sp:q}", "'my data/in put.txt'"),
        ("${files.input.q:q}", "'it'\"'\"'s.txt'"),
        ("${files.input.ok:q}", "a.txt"),
        ("${user_data.input.cfg:q}", '\'{"q":"it\'"\'"\'s"}\''),
    ],
)
def test_a_quoted_reference_is_one_word_of_the_shell(reference, text):
    plan = plan_of({"command": f"cat {reference}"}, files=FILES, user_data=DATA)
    assert plan.jobs[0].record["command"] == f"cat {text}"
    assert plan.warnings == []
    assert plan.jobs[0].input_files or plan.jobs[0].input_user_data


@pytest.mark.parametrize(
    ("command", "warns"),
    [
        ("cat ${files.input.sp}", True),
        ("cat '${files.input.sp}'", False),
        ('cat "${files.input.sp}"', False),
        ("cat '${files.input.q}'", True),
        ('cat "${files.input.q}"', False),
        ("cat ${files.input.ok}", False),
        ("echo ${user_data.input.cfg}", True),
        ("echo '${user_data.input.cfg}'", True),
    ],
)
def test_a_reference_that_the_shell_would_change_warns(command, warns):
    expected = ["SPEC028"] if warns else []
    assert warnings_of({"command": command}, files=FILES, user_data=DATA) == expected


def test_a_name_may_end_like_a_quoted_reference():
    plan = plan_of({"command": "cat ${files.input.a:q}"}, files=[{"name": "a:q", "path": "x y"}])
    assert plan.jobs[0].record["command"] == "cat x y"


def test_a_parameter_can_be_quoted():
    job = {
        "name": "j_{n}",
        "command": "echo {x:q}",
        "parameters": {"n": [1, 2], "x": ["a b", "c"]},
        "parameter_mode": "zip",
    }
    assert [each.record["command"] for each in plan_of(job).jobs] == ["echo 'a b'", "echo c"]


def test_data_that_a_job_writes_are_not_there_when_the_workflow_is_created():
    jobs = ({"output_user_data": ["made"]}, {"command": "echo '${user_data.input.made}'"})
    (warning,) = plan_of(*jobs, user_data=[{"name": "made"}]).warnings
    assert (warning.code.number, warning.place) == ("SPEC029", "jobs[1].command")


@pytest.mark.parametrize(
    ("script", "warns"),
    [
        ("export A=5", True), ("export A=5;", False), ("export A=5 &&", False), ("source env.sh", True),
        (". env.sh", True),
        ("cd /tmp", True), ("cd /tmp; bash wrap.sh", False), ("bash wrap.sh", False), ("A=5", True),
        ("A=5 bash w.sh", False),
        ("export A=1 # set A", True), ("bash w.sh --color='#fff'", False), ("export X=1 \\", True), ("set -e\n", True),
        ("export A=1\nexport B=2", False), ("module load gcc", True), ("conda run -n x", False),
        ("conda activate x", True),
        ("env W=1", False), ("srun --mpi=pmix", False), ("time", False), ("pushd x", True), ("trap x EXIT", True),
        ("module load x || true", True), ("bash -c", True), ("/bin/sh -e -c", True), ("bash -lc -x", False),
    ],
)  # fmt: skip
def test_a_script_that_swallows_the_command_warns(script, warns):
    assert warnings_of({"invocation_script": script}) == (["SPEC065"] if warns else [])


def test_values_of_env_are_not_expanded():
    env = {"PATH": "$HOME/bin:$PATH", "LD": "${HOME}/lib", "H": "~/h", "PRICE": "5$", "TILDE": "a~b"}
    plan = plan_of({"env": env}, env={"X": "$Y"})
    places = [each.place for each in plan.warnings if each.code.number == "SPEC068"]
    assert places == ["env.X", "jobs[0].env.PATH", "jobs[0].env.LD", "jobs[0].env.H"]


@pytest.mark.parametrize("value", ["`date`", "$(date)", "${FOO:-x}", "a${files.input.sp}"])
def test_what_a_shell_would_run_or_look_up_in_env_warns(value):
    (warning,) = plan_of({"env": {"A": value}}).warnings
    assert (warning.code.number, warning.place) == ("SPEC068", "jobs[0].env.A")
    assert value.removeprefix("a") in warning.reason


def test_variables_that_are_too_large_together_warn():
    env = {f"V{number}": "z" * 100_000 for number in range(20)}
    (warning,) = plan_of({}, env=env).warnings
    assert (warning.code.number, warning.place) == ("SPEC013", "jobs[0]")
    assert plan_of({}, env=dict(list(env.items())[:15])).warnings == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [("{threads}", "{num_cpus}"), ("{memory}", "TORC_MEMORY_BYTES"), ("{gpus}", "{num_gpus}"), ("${memory}", None),
     ("{ memory }", None)],
)  # fmt: skip
def test_names_that_look_like_requirements_are_not_filled_in(text, meant):
    found = plan_of({"command": f"solve {text}"}).warnings
    assert [each.code.number for each in found] == ([] if meant is None else ["SPEC036"])
    assert all(meant in each.fix for each in found)
    swept = plan_of({"name": "a_{memory}", "command": "solve {memory}", "parameters": {"memory": ["1g"]}})
    assert (swept.jobs[0].record["command"], swept.warnings) == ("solve 1g", [])


@pytest.mark.parametrize("shell", ["~/bin/bash -c", "$SHELL -c"])
def test_a_shell_is_not_expanded(shell):
    with pytest.raises(SpecError) as raised:
        plan_of({}, execution_config={"shell": shell})
    (problem,) = raised.value.problems
    assert (problem.code.number, problem.place) == ("SPEC013", "execution_config.shell")


def test_a_variable_beyond_the_limit_of_the_kernel_is_refused_by_name():
    plan_of({"env": {"BIG": "y" * (131_071 - 4)}})
    with pytest.raises(SpecError) as raised:
        plan_of({"env": {"BIG": "y" * 131_068}})
    (problem,) = raised.value.problems
    assert (problem.code.number, problem.place) == ("SPEC013", "jobs[0].env.BIG")


@pytest.mark.parametrize("field", ["depends_on_regexes"])
def test_a_pattern_that_is_a_name_and_finds_others_warns(field):
    jobs = [
        {"name": "sim_{i}", "parameters": {"i": "1:12"}},
        {"name": "post_{i}", field: ["sim_{i}"], "parameters": {"i": "1:12"}},
    ]
    (warning,) = plan_of(*jobs).warnings
    assert (warning.code.number, warning.place) == ("SPEC027", f"jobs[1].{field}[0]")
    assert ("'sim_1'" in warning.reason, "'sim_10'" in warning.reason) == (True, True)
    assert warnings_of({"name": "v1.2"}, {"name": "v132"}, {field: ["v1.2"]}) == ["SPEC027"]
    assert warnings_of({"name": "v1.2"}, {"name": "v132"}, {field: ["^v1\\.2$"]}) == []
    assert warnings_of({"name": "sim"}, {"name": "other"}, {field: ["sim"]}) == []


def test_a_job_has_its_requirements_in_its_texts():
    requirements = [{"name": "r", "num_cpus": 3, "num_gpus": 1, "memory": "1g"}]
    jobs = (
        {"command": "run -n {num_cpus} -g {num_gpus}", "resource_requirements": "r"},
        {"command": "run -n {num_cpus}", "env": {"OMP_NUM_THREADS": "9"}},
    )
    plan = plan_of(*jobs, resource_requirements=requirements, env={"OMP_NUM_THREADS": "{num_cpus}", "A": "b"})
    first, second = (job.record for job in plan.jobs)
    assert (first["command"], first["env"]) == ("run -n 3 -g 1", {"OMP_NUM_THREADS": "3"})
    assert (second["command"], second["env"]) == ("run -n 1", {"OMP_NUM_THREADS": "9"})
    assert (plan.workflow["env"], plan.warnings) == ({"A": "b"}, [])


def test_a_parameter_of_that_name_is_used_instead():
    job = {"name": "j_{num_cpus}", "command": "{num_cpus}", "parameters": {"num_cpus": [7, 8]}}
    assert [each.record["command"] for each in plan_of(job).jobs] == ["7", "8"]


def test_a_rule_for_a_negative_code_warns():
    handler = {"name": "h", "rules": [{"exit_codes": [-11], "max_retries": 2}]}
    (warning,) = plan_of({}, failure_handlers=[handler]).warnings
    assert (warning.code.number, "139" in warning.fix) == ("SPEC063", True)
