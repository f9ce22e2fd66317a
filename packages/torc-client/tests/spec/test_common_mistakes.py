"""Common mistakes: each has one problem, with its position and a fix."""

import pytest

from torc_client.spec import load
from torc_client.spec.conversion import converted
from torc_client.spec.formats import Format
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import SpecError
from torc_client.spec.quantities import is_duration, is_memory, is_walltime, meant_duration, meant_memory

JOB = {"name": "a", "command": "true"}


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


def warnings_of(**spec):
    return [shown(each) for each in make_plan("spec", {"name": "w", "jobs": [JOB], **spec}).warnings]


def test_repeated_nodes_of_kdl_are_reported_with_other_problems(problems_in):
    lines = problems_in(
        "s.kdl", 'name "x"\nname "y"\njob "a" { command "b"; priority "high" }\nuser_data "d" { data "{" }\n'
    )
    assert [line.split(": ")[0] for line in lines] == [
        "2:1 SPEC006 name",
        "3:24 SPEC010 jobs[0].priority",
        "4:17 SPEC010 user_data[0].data",
    ]


def test_kdl_with_problems_is_not_converted(tmp_path):
    (tmp_path / "s.kdl").write_text('name "x"\njobb "a" { command "true" }\n')
    with pytest.raises(SpecError, match=r":2:1: jobb: .*did you mean 'job'"):
        converted(str(tmp_path / "s.kdl"), Format.YAML)


def test_unknown_nodes_of_open_objects_are_ignored(tmp_path):
    (tmp_path / "s.kdl").write_text(
        'name "x"\njob "a" { command "b" }\nresource_monitor { metrics "cpu" { all #true } }\n'
    )
    assert load(str(tmp_path / "s.kdl")).workflow["resource_monitor"] == {}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("s.yaml", "", "1:1 SPEC003 : write a name and jobs"),
        ("s.json5", "", "1:1 SPEC003 : write a name and jobs"),
        ("s.kdl", "\n", "1:1 SPEC003 : write a name and jobs"),
        ("s.yaml", b"\x7fELF\0\1\2", "SPEC002 : give a spec in YAML, JSON, JSON5 or KDL"),
        ("s.yaml", b"name: x\nuser: caf\xe9\n", "2:10 SPEC002 : save it as UTF-8"),
        ("s.yaml", b"\xef\xbb\xbfname: caf\xe9\n", "1:10 SPEC002 : save it as UTF-8"),
        (".", None, "SPEC001 : give a file in it"),
        ("none.yaml", None, "SPEC001 : give the path of a spec, or - to read standard input"),
        ("none/s.yaml", None, "SPEC001 : there is no directory 'none'"),
    ],
)
def test_files_without_a_spec(problems_in, name, text, problem):
    assert problems_in(name, text) == [problem]


def test_a_missing_file_is_compared_with_the_files_of_its_directory(problems_in, tmp_path):
    (tmp_path / "workflow.yaml").touch()
    assert problems_in("worfklow.yaml") == ["SPEC001 : did you mean 'workflow.yaml'?"]


def test_one_misspelt_field_is_one_problem(problems_in):
    lines = problems_in(
        "s.yaml", "name: x\nfles:\n- {name: f, path: p}\njobs:\n- {name: a, commnad: 'true', input_files: [f]}\n"
    )
    assert lines == [
        "2:1 SPEC012 fles: did you mean 'files'?",
        "5:13 SPEC012 jobs[0].commnad: did you mean 'command'?",
    ]


def test_problems_of_entries_of_lists_and_maps_have_their_positions(problems_in):
    lines = problems_in(
        "s.yaml",
        """\
name: x
env: {A: 1, B: null, 3: x}
variables: {v: [1]}
parameters: {p: null}
jobs:
- name: a
  command: "true"
  depends_on: [7, b]
failure_handlers:
- name: h
  rules:
  - exit_codes: [1, "2"]
""",
    )
    assert lines == [
        "2:1 SPEC010 env: put it in quotes",
        "2:7 SPEC010 env.A: put it in quotes",
        '2:13 SPEC010 env.B: write "" for an empty one',
        "3:13 SPEC010 variables.v: ",
        "4:14 SPEC010 parameters.p: ",
        "8:16 SPEC010 jobs[0].depends_on[0]: put it in quotes",
        "12:21 SPEC010 failure_handlers[0].rules[0].exit_codes[1]: leave the quotes out",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("8 GB", "8g"), ("512MiB", "512m"), ("1K", "1k"), ("2 t", "2t"), ("8", ""), ("a lot", ""), ("1.5g", "")],
)
def test_other_forms_of_memory(written, meant):
    assert meant_memory(written) == meant
    assert not meant or is_memory(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30m", "PT30M"),
        ("1h30m", "PT1H30M"),
        ("2 days", "P2D"),
        ("90 min", "PT90M"),
        ("45 seconds", "PT45S"),
        ("1 hour 5 mins", "PT1H5M"),
        ("01:30:00", "PT1H30M"),
        ("2-00:00:10", "P2DT10S"),
        ("pt5m", "PT5M"),
        ("00:00:00", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_other_forms_of_durations(written, meant):
    assert meant_duration(written) == meant
    assert not meant or is_duration(meant)


@pytest.mark.parametrize("text", ["30", "30:00", "4:00:00", "04:00:00", "2-12", "2-12:30", "1-00:00:00", "UNLIMITED"])
def test_valid_times_of_slurm(text):
    assert is_walltime(text)


@pytest.mark.parametrize("text", ["4h", "PT4H", "", "1:99:00", "1:2:3:4"])
def test_invalid_times_of_slurm(text):
    assert not is_walltime(text)


def test_numbers_instead_of_amounts(problems_in):
    text = "name: x\njobs: [{name: a, command: b}]\n"
    text += "resource_requirements: [{name: r, num_cpus: 1, memory: 8, runtime: 90}]\n"
    assert problems_in("s.yaml", text) == [
        "3:48 SPEC010 resource_requirements[0].memory: write a text such as '8g'",
        "3:59 SPEC010 resource_requirements[0].runtime: write a text such as 'PT30M'",
    ]


def test_rules_without_effect_are_warnings():
    handlers = [{"name": "h", "rules": [{"max_retries": 3}, {"exit_codes": [1]}]}, {"name": "i", "rules": []}]
    assert warnings_of(failure_handlers=handlers) == [
        "SPEC063 failure_handlers[0].rules[0]: add exit_codes, or set match_all_exit_codes to true",
        "SPEC063 failure_handlers[1]: add a rule",
    ]


def test_user_data_without_a_name_gets_one_from_its_position():
    plan = make_plan("spec", {"name": "w", "jobs": [JOB], "user_data": [{"name": "first"}, {"data": 5}]})
    assert [(each["name"], each.get("data")) for each in plan.user_data] == [("first", None), ("user_data_2", 5)]
    assert [shown(each) for each in plan.warnings] == ["SPEC064 user_data[1]: add a name that jobs can use"]


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"parameters": {"i": "1:2"}}, ("SPEC011", "user_data[0]")),
        ({"name": "__torc_lineage__x"}, ("SPEC021", "user_data[0].name")),
    ],
)
def test_invalid_names_of_user_data(record, found):
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], "user_data": [record]})
    assert [(str(each.code), each.place) for each in caught.value.problems] == [found]


@pytest.mark.parametrize(
    ("members", "problems"),
    [
        (
            {"jobs": {"a": {"command": "true"}}},
            ["SPEC010 jobs: write `- name: a` and its fields, and so on, each job as a separate entry"],
        ),
        (
            {"jobs": [{"name": "a", "cmd": "true", "needs": ["b"]}]},
            ["SPEC012 jobs[0].cmd: did you mean 'command'?", "SPEC012 jobs[0].needs: did you mean 'depends_on'?"],
        ),
        (
            {"jobs": [{**JOB, "resource_requirements": {"num_cpus": 2}}]},
            ["SPEC010 jobs[0].resource_requirements: write the name of a resource requirements record"],
        ),
        (
            {"jobs": [{"name": "a", "command": "cat ${file.input.x} ${outputs.y.z} ${x.output.y}"}]},
            [
                "SPEC025 jobs[0].command: did you mean ${files.input.x}?",
                "SPEC025 jobs[0].command: write ${files.input.NAME}, or the same with datasets or user_data",
            ],
        ),
        (
            {"jobs": [{"name": "a", "command": "cat ${files.inptu.x}"}]},
            ["SPEC025 jobs[0].command: write ${files.input.NAME} or ${files.output.NAME}"],
        ),
        (
            {"resource_requirements": [{"name": "r", "cpus": 2, "memory": "1g"}]},
            ["SPEC012 resource_requirements[0].cpus: did you mean 'num_cpus'?"],
        ),
        (
            {"resource_requirements": [{"name": "r", "num_cpus": 2, "memory": "1 GB", "runtime": "1h"}]},
            ["SPEC040 resource_requirements[0].memory: use 1g", "SPEC041 resource_requirements[0].runtime: use PT1H"],
        ),
        (
            {"actions": [{"trigger_type": "on_workflow_start", "action_type": "run_commands", "commands": "ls"}]},
            ["SPEC010 actions[0].commands: write ['ls']"],
        ),
        ({"jobs": [{"name": " ", "command": "true"}]}, ["SPEC013 jobs[0].name: write the name of the job"]),
        (
            {"jobs": [{"name": "build", "command": "true"}, {**JOB, "depends_on": ["biuld"]}]},
            ["SPEC022 jobs[1].depends_on[0]: did you mean 'build'?"],
        ),
        (
            {"jobs": [{**JOB, "command": "cat ${files.input.dat}"}], "files": [{"name": "data", "path": "d"}]},
            ["SPEC022 jobs[0].command: did you mean 'data'?"],
        ),
        (
            {"jobs": [{**JOB, "depends_on_regexes": ["^z"]}]},
            ["SPEC024 jobs[0].depends_on_regexes[0]: write one that matches names such as 'a'"],
        ),
    ],
    ids=str,
)
def test_the_fix_is_what_was_probably_meant(members, problems):
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], **members})
    assert [shown(each) for each in caught.value.problems] == problems


def test_all_cycles_are_reported_with_other_problems():
    waits = {"a": "a", "b": "c", "c": "b", "d": "e", "e": "f", "f": "d", "g": "nobody"}
    jobs = [{"name": name, "command": "true", "depends_on": [other]} for name, other in waits.items()]
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": jobs})
    problems = caught.value.problems
    assert [(str(each.code), each.place) for each in problems] == [
        ("SPEC026", "jobs[0].depends_on"),
        ("SPEC022", "jobs[6].depends_on[0]"),
        ("SPEC042", "jobs[1]"),
        ("SPEC042", "jobs[3]"),
    ]
    assert [each.reason.partition(": ")[2] for each in problems[2:]] == [
        "b waits for c, c for b",
        "d waits for e, e for f, f for d",
    ]


@pytest.mark.parametrize(
    ("values", "meant"),
    [("1..5", "1:5"), ("1,2,3", "[1,2,3]"), ("a, b", "[a, b]"), ("well, this is text", ""), ("'a,b'", ""), ("a", "")],
)
def test_single_values_that_look_like_several_are_warnings(values, meant):
    warnings = warnings_of(jobs=[{**JOB, "name": "a_{p}", "command": "{p}", "parameters": {"p": values}}])
    assert warnings == ([f"SPEC038 jobs[0].parameters.p: for several write {meant}"] if meant else [])


def test_a_range_with_one_value_names_the_step_beyond_the_end():
    job = {**JOB, "name": "a_{p}", "command": "{p}", "parameters": {"p": "1:5:10"}}
    (warning,) = make_plan("spec", {"name": "w", "jobs": [job]}).warnings
    assert warning.reason == "the range '1:5:10' has one value: 1 + 10 is beyond 5"


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("memory", "set `memory` in an entry of `resource_requirements`"),
        ("cpus", "set `num_cpus` in an entry of `resource_requirements`"),
        ("timeout", "set `runtime` in an entry of `resource_requirements`"),
        ("retries", "set `max_retries` in a rule of an entry of `failure_handlers`"),
    ],
)
def test_fields_of_other_records_in_a_job_name_the_record(field, place):
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [{**JOB, field: 1}]})
    (problem,) = caught.value.problems
    assert problem.fix.startswith(place)


@pytest.mark.parametrize("memory", ["99999999999t", "9223372036854775808"])
def test_an_amount_of_memory_beyond_64_bits_is_too_large(memory):
    requirements = [{"name": "r", "num_cpus": 1, "memory": memory}]
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], "resource_requirements": requirements})
    (problem,) = caught.value.problems
    assert (problem.reason, problem.fix) == (f"{memory!r} is too large", "use less than 8388608t")


def test_the_position_of_unclosed_quotes_of_yaml_is_their_beginning(problems_in):
    assert problems_in("s.yaml", "name: x\njobs:\n- name: a\n  command: 'echo\n") == ["4:12 SPEC004 : close the quotes"]


def test_both_names_of_the_type_of_mpi_conflict():
    config = {"srun_mpi": "a", "slurm_worker_mpi_mode": "b"}
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], "execution_config": config})
    assert "SPEC060 execution_config.slurm_worker_mpi_mode: remove one of them" in map(shown, caught.value.problems)


def test_the_fix_for_a_job_that_gathers_instances_is_a_pattern():
    part = {"name": "part_{i}", "command": "true", "parameters": {"i": "1:3"}}
    whole = {"name": "whole", "command": "true", "depends_on": ["part_{i}"], "parameters": {"i": "1:3"}}
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [part, whole]})
    (problem,) = caught.value.problems
    assert "depends_on_regexes" in problem.fix
