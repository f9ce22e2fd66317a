"""Slips of people who know what they want: one line for each, with its position and what to write instead."""

import pytest

from torc_client.spec import load
from torc_client.spec.conversion import converted
from torc_client.spec.formats import Format
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import SpecError
from torc_client.spec.quantities import is_duration, is_memory, is_walltime, meant_duration, meant_memory

JOB = {"name": "a", "command": "true"}


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Tell the lines of what is wrong with a file, its name left out."""
    monkeypatch.chdir(tmp_path)

    def telling(name, text=None):
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SpecError) as caught:
            load(name)
        return [line.removeprefix(name) for line in str(caught.value).splitlines()]

    return telling


def warned(**spec):
    return [str(each) for each in make_plan("spec", {"name": "w", "jobs": [JOB], **spec}).warnings]


def test_misspelt_nodes_of_kdl_are_told_all_at_once_and_read_as_what_they_are_like(told):
    lines = told(
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
        ":2:1: jobb: a workflow has no such node; did you mean 'job'?",
        ":4:5: jobs[1].comand: a job has no such node; did you mean 'command'?",
        ":5:5: jobs[1].depends-on: a job has no such node; did you mean 'depends_on'?",
        ":5:20: jobs[1].depends_on[1]: no job is named 'c'; add it to jobs",
        ":6:5: jobs[1].input_fle: a job has no such node; did you mean 'input_file'?",
        ":7:5: jobs[1].zork: a job has no such node; take it out (`torc spec schema` knows the fields)",
        ":9:1: fle: a workflow has no such node; did you mean 'file'?",
        ":10:5: jobs[2].name: the job 'b' is there already, from jobs[1]",
        ":10:9: jobs[2].comand: unknown field of a job; did you mean 'command'?",
    ]


def test_nodes_of_kdl_that_stand_twice_are_told_beside_other_mistakes(told):
    lines = told("s.kdl", 'name "x"\nname "y"\njob "a" { command "b"; priority "high" }\nuser_data "d" { data "{" }\n')
    assert [line.split(": ")[0:2] for line in lines] == [
        [":2:1", "name"],
        [":3:24", "jobs[0].priority"],
        [":4:17", "user_data[0].data"],
    ]


def test_what_is_wrong_with_kdl_keeps_it_from_being_converted(tmp_path):
    (tmp_path / "s.kdl").write_text('name "x"\njobb "a" { command "true" }\n')
    with pytest.raises(SpecError, match=r":2:1: jobb: .*did you mean 'job'"):
        converted(str(tmp_path / "s.kdl"), Format.YAML)


def test_nodes_that_nobody_knows_are_left_out_where_that_is_allowed(tmp_path):
    (tmp_path / "s.kdl").write_text(
        'name "x"\njob "a" { command "b" }\nresource_monitor { metrics "cpu" { all #true } }\n'
    )
    assert load(str(tmp_path / "s.kdl")).workflow["resource_monitor"] == {}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("s.yaml", "", ":1:1: is empty; a spec has a name and jobs"),
        ("s.json5", "", ":1:1: is empty; a spec has a name and jobs"),
        ("s.kdl", "\n", ":1:1: is empty; a spec has a name and jobs"),
        ("s.yaml", b"\x7fELF\0\1\2", ": is no text; give a spec in YAML, JSON, JSON5 or KDL"),
        ("s.yaml", b"name: x\nuser: caf\xe9\n", ":2:10: is not UTF-8 text: the byte 0xe9 begins no character; save"),
        ("s.yaml", b"\xef\xbb\xbfname: caf\xe9\n", ":1:10: is not UTF-8 text"),
        (".", None, ": cannot be read: Is a directory; give a file in it"),
        ("none.yaml", None, ": cannot be read: No such file or directory; give the path of a spec, or - to read"),
        ("none/s.yaml", None, ": cannot be read: No such file or directory; there is no directory 'none'"),
    ],
)
def test_files_that_hold_no_spec(told, name, text, line):
    (only,) = told(name, text)
    assert only.startswith(line)


def test_a_file_that_is_not_there_is_looked_for_among_its_neighbours(told, tmp_path):
    (tmp_path / "workflow.yaml").touch()
    assert told("worfklow.yaml") == [": cannot be read: No such file or directory; did you mean 'workflow.yaml'?"]


def test_one_misspelt_field_is_one_mistake(told):
    lines = told(
        "s.yaml", "name: x\nfles:\n- {name: f, path: p}\njobs:\n- {name: a, commnad: 'true', input_files: [f]}\n"
    )
    assert lines == [
        ":2:1: fles: unknown field of a workflow; did you mean 'files'?",
        ":5:13: jobs[0].commnad: unknown field of a job; did you mean 'command'?",
    ]


def test_entries_of_lists_and_maps_are_told_where_they_stand(told):
    lines = told(
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
        ":2:1: env: has the name 3, which is no text; put it in quotes",
        ":2:7: env.A: must be text, not 1; put it in quotes",
        ':2:13: env.B: must be text, not nothing; write "" for an empty one',
        ":3:13: variables.v: must be text, a number, true or false, not a list",
        ":4:14: parameters.p: must be a range, a list or a value, not nothing",
        ":8:16: jobs[0].depends_on[0]: must be text, not 7; put it in quotes",
        ":12:21: failure_handlers[0].rules[0].exit_codes[1]: must be a whole number, not '2'; leave the quotes out",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("8 GB", "8g"), ("512MiB", "512m"), ("1K", "1k"), ("2 t", "2t"), ("8", ""), ("a lot", ""), ("1.5g", "")],
)
def test_memory_that_is_meant(written, meant):
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
def test_durations_that_are_meant(written, meant):
    assert meant_duration(written) == meant
    assert not meant or is_duration(meant)


@pytest.mark.parametrize("text", ["30", "30:00", "4:00:00", "04:00:00", "2-12", "2-12:30", "1-00:00:00", "UNLIMITED"])
def test_times_that_slurm_understands(text):
    assert is_walltime(text)


@pytest.mark.parametrize("text", ["4h", "PT4H", "", "1:99:00", "1:2:3:4"])
def test_times_that_slurm_does_not_understand(text):
    assert not is_walltime(text)


def test_numbers_where_a_unit_is_wanted(told):
    text = "name: x\njobs: [{name: a, command: b}]\n"
    text += "resource_requirements: [{name: r, num_cpus: 1, memory: 8, runtime: 90}]\n"
    assert told("s.yaml", text) == [
        ":3:48: resource_requirements[0].memory: must be text, not 8; write a text such as '8g'",
        ":3:59: resource_requirements[0].runtime: must be text, not 90; write a text such as 'PT30M'",
    ]


def test_rules_that_do_nothing_are_warned_of():
    handlers = [{"name": "h", "rules": [{"max_retries": 3}, {"exit_codes": [1]}]}, {"name": "i", "rules": []}]
    assert warned(failure_handlers=handlers) == [
        "failure_handlers[0].rules[0]: is about no exit code; name exit_codes, or set match_all_exit_codes to true",
        "failure_handlers[1]: has no rules; jobs with it stay failed as those without",
    ]


def test_user_data_without_a_name_is_called_by_its_place():
    plan = make_plan("spec", {"name": "w", "jobs": [JOB], "user_data": [{"name": "first"}, {"data": 5}]})
    assert [(each["name"], each.get("data")) for each in plan.user_data] == [("first", None), ("user_data_2", 5)]
    assert [str(each) for each in plan.warnings] == [
        "user_data[1]: has no name and is called 'user_data_2'; give it one by which jobs can name it"
    ]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ({"parameters": {"i": "1:2"}}, "user_data[0]: the field 'name' is missing; add one with its parameters"),
        ({"name": "__torc_lineage__x"}, "user_data[0].name: names that begin with '__torc_lineage__' are the server's"),
    ],
)
def test_names_that_user_data_cannot_have(record, line):
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], "user_data": [record]})
    assert [str(each).startswith(line) for each in caught.value.problems] == [True]


@pytest.mark.parametrize(
    ("members", "lines"),
    [
        (
            {"jobs": {"a": {"command": "true"}}},
            [
                "jobs: must be a list, not a map; write `- name: a` and its fields, and so on, "  # noqa: ISC004
                "each job as an entry of its own"
            ],
        ),
        (
            {"jobs": [{"name": "a", "cmd": "true", "needs": ["b"]}]},
            [
                "jobs[0].cmd: unknown field of a job; did you mean 'command'?",
                "jobs[0].needs: unknown field of a job; did you mean 'depends_on'?",
            ],
        ),
        (
            {"jobs": [{**JOB, "resource_requirements": {"num_cpus": 2}}]},
            [
                "jobs[0].resource_requirements: must be text, not a map; "  # noqa: ISC004
                "write the name of a resource requirements record",
            ],
        ),
        (
            {"jobs": [{"name": "a", "command": "cat ${file.input.x} ${outputs.y.z} ${x.output.y}"}]},
            [
                "jobs[0].command: ${file.input.x} refers to nothing; did you mean ${files.input.x}?",
                "jobs[0].command: ${x.output.y} refers to nothing; write ${files.input.NAME} or its kin",
            ],
        ),
        (
            {"resource_requirements": [{"name": "r", "cpus": 2, "memory": "1g"}]},
            [
                "resource_requirements[0].cpus: unknown field of a resource requirements record; "  # noqa: ISC004
                "did you mean 'num_cpus'?"
            ],
        ),
        (
            {"actions": [{"trigger_type": "on_workflow_start", "action_type": "run_commands", "commands": "ls"}]},
            ["actions[0].commands: must be a list of texts, not 'ls'; write ['ls']"],
        ),
        ({"jobs": [{"name": " ", "command": "true"}]}, ["jobs[0].name: must not be empty; write what people call it"]),
    ],
    ids=str,
)
def test_what_was_meant_is_told(members, lines):
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [JOB], **members})
    assert [str(each) for each in caught.value.problems] == lines


def test_all_rings_are_told_beside_other_mistakes():
    waits = {"a": "a", "b": "c", "c": "b", "d": "e", "e": "f", "f": "d", "g": "nobody"}
    jobs = [{"name": name, "command": "true", "depends_on": [other]} for name, other in waits.items()]
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": jobs})
    assert [str(each).partition("; ")[0] for each in caught.value.problems] == [
        "jobs[0].depends_on: 'a' cannot wait for itself",
        "jobs[6].depends_on[0]: no job is named 'nobody'",
        "jobs[1]: these jobs wait for each other: b waits for c waits for b",
        "jobs[3]: these jobs wait for each other: d waits for e waits for f waits for d",
    ]


@pytest.mark.parametrize(
    ("values", "meant"),
    [("1..5", "1:5"), ("1,2,3", "[1,2,3]"), ("a, b", "[a, b]"), ("well, this is text", ""), ("'a,b'", ""), ("a", "")],
)
def test_single_values_that_look_like_several_are_warned_of(values, meant):
    warnings = warned(jobs=[{**JOB, "name": "a_{p}", "command": "{p}", "parameters": {"p": values}}])
    told = f"jobs[0].parameters.p: {values!r} is one value; for several write {meant}"
    assert warnings == ([told] if meant else [])


def test_quotes_of_yaml_that_are_never_closed_are_told_where_they_open(told):
    assert told("s.yaml", "name: x\njobs:\n- name: a\n  command: 'echo\n") == [
        ":4:12: the text that begins here has no end; close the quotes"
    ]


def test_one_of_two_names_for_the_type_of_mpi_is_enough():
    config = {"srun_mpi": "a", "slurm_worker_mpi_mode": "b"}
    with pytest.raises(SpecError, match="slurm_worker_mpi_mode: says what srun_mpi says; take one of them out"):
        make_plan("spec", {"name": "w", "jobs": [JOB], "execution_config": config})


def test_a_job_that_gathers_instances_is_led_to_patterns():
    part = {"name": "part_{i}", "command": "true", "parameters": {"i": "1:3"}}
    whole = {"name": "whole", "command": "true", "depends_on": ["part_{i}"], "parameters": {"i": "1:3"}}
    with pytest.raises(SpecError) as caught:
        make_plan("spec", {"name": "w", "jobs": [part, whole]})
    (problem,) = caught.value.problems
    assert str(problem).endswith(
        "put {i} into it, or take out the parameters and name all that it gathers in depends_on_regexes"
    )


@pytest.mark.parametrize(
    ("node", "meant"),
    [
        ("blocked_by_job", "depends_on"),
        ("depends_on_job", "depends_on"),
        ("cmd", "command"),
        ("outputs", "output_file"),
    ],
)
def test_older_words_of_kdl_are_led_to_those_of_today(told, node, meant):
    lines = told("s.kdl", f'name "w"\njob "a" {{ command "b" }}\njob "b" {{ command "b"; {node} "a" }}\n')
    assert lines[0] == f":3:24: jobs[1].{node}: a job has no such node; did you mean {meant!r}?"
