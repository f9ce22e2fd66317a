"""Specs with problems: the places and rules are asserted by `test_cases.py`, the wording by `test_wording.py`."""

from collections.abc import Mapping
from typing import Any

from spec_case import JOB, Case, job_case, parameter_case, table_case, workflow_case
from spec_lookalikes import LOOKALIKES

FILES = (
    Case("empty YAML", "", ["1:1 SPEC003 "]),
    Case("empty JSON5", "", ["1:1 SPEC003 "], "s.json5"),
    Case("empty KDL", "\n", ["1:1 SPEC003 "], "s.kdl"),
    Case("a program", b"\x7fELF\0\1\2", ["SPEC002 "]),
    Case("Latin-1", b"name: x\nuser: caf\xe9\n", ["2:10 SPEC002 "]),
    Case("Latin-1 after a byte-order mark", b"\xef\xbb\xbfname: caf\xe9\n", ["1:10 SPEC002 "]),
    Case("a folder", None, ["SPEC001 "], "."),
    Case("no file", None, ["SPEC001 "], "none.yaml"),
    Case("no folder", None, ["SPEC001 "], "none/s.yaml"),
    Case("a similar file", None, ["SPEC001 "], "worfklow.yaml", files={"workflow.yaml": ""}),
)
SYNTAX = tuple(
    Case(name, text, ["SPEC004 "], file, has_words_of_a_library=True)
    for name, text, file in (
        ("YAML indentation", "name: a\njobs:\n  - name: x\n   command: y\n", "s.yaml"),
        ("YAML tab", "name: a\njobs:\n\t- name: x\n", "s.yaml"),
        ("YAML colon", "name: a\njobs: [{name: x, command: echo a: b}]\n", "s.yaml"),
        ("YAML quotes", "name: x\njobs:\n- name: a\n  command: 'echo\n", "s.yaml"),
        ("JSON comma at the end", '{"name": "a",}', "s.json"),
        ("JSON comma missing", '{"name": "a" "jobs": []}', "s.json"),
        ("JSON5 comma missing", "{name: 'a' jobs: []}", "s.json5"),
        ("KDL quotes", 'name "a', "s.kdl"),
    )
)
SHAPE = (
    Case(
        "misspelt fields",
        "name: x\nfles:\n- {name: f, path: p}\njobs:\n- {name: a, commnad: 'true', input_files: [f]}\n",
        ["2:1 SPEC012 fles", "5:13 SPEC012 jobs[0].commnad"],
    ),
    Case(
        "entries of lists and maps",
        "name: x\nenv: {A: 1, B: null, 3: x}\nvariables: {v: [1]}\nparameters: {p: null}\njobs:\n- name: a\n"
        '  command: "true"\n  depends_on: [7, b]\n'
        'failure_handlers:\n- name: h\n  rules:\n  - exit_codes: [1, "2"]\n',
        [
            "2:1 SPEC010 env",
            "2:7 SPEC010 env.A",
            "2:13 SPEC010 env.B",
            "3:13 SPEC010 variables.v",
            "4:14 SPEC010 parameters.p",
            "8:16 SPEC010 jobs[0].depends_on[0]",
            "12:21 SPEC010 failure_handlers[0].rules[0].exit_codes[1]",
        ],
    ),
    Case(
        "numbers instead of amounts",
        "name: x\njobs: [{name: a, command: b}]\n"
        "resource_requirements: [{name: r, num_cpus: 1, memory: 8, runtime: 90}]\n",
        ["3:48 SPEC010 resource_requirements[0].memory", "3:59 SPEC010 resource_requirements[0].runtime"],
    ),
    *(
        job_case(f"{field_name} {value!r}", f"{code} jobs[1].{field_name}", **{field_name: value})
        for field_name, value, code in (
            ("priority", "3", "SPEC010"),
            ("priority", "high", "SPEC010"),
            ("priority", 1.5, "SPEC010"),
            ("cancel_on_blocking_job_failure", "true", "SPEC010"),
            ("cancel_on_blocking_job_failure", "yes", "SPEC010"),
            ("cancel_on_blocking_job_failure", "Off", "SPEC010"),
            ("depends_on", "first", "SPEC010"),
            ("command", 7, "SPEC010"),
            ("parameter_mode", "zipp", "SPEC013"),
            ("memory", 1, "SPEC012"),
            ("cpus", 1, "SPEC012"),
            ("timeout", 1, "SPEC012"),
            ("retries", 1, "SPEC012"),
        )
    ),
    workflow_case("jobs as a map", "SPEC010 jobs", jobs={"a": {"command": "true"}}),
    job_case("other names of fields", "SPEC012 jobs[1].cmd", "SPEC012 jobs[1].needs", cmd="true", needs=["first"]),
    job_case("requirements as a map", "SPEC010 jobs[1].resource_requirements", resource_requirements={"num_cpus": 2}),
    job_case("a blank name", "SPEC013 jobs[1].name", name=" "),
    workflow_case(
        "cpus of requirements",
        "SPEC012 resource_requirements[0].cpus",
        resource_requirements=[{"name": "r", "cpus": 2, "memory": "1g"}],
    ),
    workflow_case(
        "amounts with other units",
        "SPEC040 resource_requirements[0].memory",
        "SPEC041 resource_requirements[0].runtime",
        resource_requirements=[{"name": "r", "num_cpus": 2, "memory": "1 GB", "runtime": "1h"}],
    ),
    *(
        workflow_case(
            f"memory {memory}",
            "SPEC040 resource_requirements[0].memory",
            resource_requirements=[{"name": "r", "num_cpus": 1, "memory": memory}],
        )
        for memory in ("99999999999t", "9223372036854775808")
    ),
    workflow_case(
        "one command",
        "SPEC010 actions[0].commands",
        actions=[{"trigger_type": "on_workflow_start", "action_type": "run_commands", "commands": "ls"}],
    ),
    workflow_case(
        "a misspelt trigger",
        "SPEC013 actions[0].trigger_type",
        "SPEC050 actions[0]",
        actions=[{"trigger_type": "on_job_ready", "action_type": "run_commands"}],
    ),
    workflow_case(
        "two names of the type of MPI",
        "SPEC060 execution_config.slurm_worker_mpi_mode",
        "SPEC060 execution_config.srun_mpi",
        execution_config={"srun_mpi": "a", "slurm_worker_mpi_mode": "b"},
    ),
    workflow_case(
        "rules without effect",
        "SPEC063 failure_handlers[0].rules[0]",
        "SPEC063 failure_handlers[1]",
        failure_handlers=[
            {"name": "h", "rules": [{"max_retries": 3}, {"exit_codes": [1]}]},
            {"name": "i", "rules": []},
        ],
    ),
    workflow_case(
        "a rule for a negative code",
        "SPEC063 failure_handlers[0].rules[0].exit_codes",
        failure_handlers=[{"name": "h", "rules": [{"exit_codes": [-11], "max_retries": 2}]}],
    ),
    workflow_case("user data without a name", "SPEC064 user_data[1]", user_data=[{"name": "first"}, {"data": 5}]),
    workflow_case("no jobs", "SPEC043 jobs", jobs=[]),
    workflow_case(
        "CPU binding in mode direct",
        "SPEC060 execution_config.enable_cpu_bind",
        execution_config={"mode": "direct", "enable_cpu_bind": True},
    ),
)
KDL = (
    Case(
        "misspelt nodes that matter",
        'name "x"\njobb "a" { command "true" }\njob "b" {\n    comand "true"\n    depends-on "a" "c"\n'
        '    input_fle "f"\n    zork { deep "er" }\n}\nfle "f" path="x"\njob "b" comand="true" depends_on="a"\n',
        [
            "2:1 SPEC012 jobb",
            "4:5 SPEC012 jobs[1].comand",
            "5:5 SPEC012 jobs[1].depends-on",
            "5:20 SPEC022 jobs[1].depends_on[1]",
            "6:5 SPEC012 jobs[1].input_fle",
            "9:1 SPEC012 fle",
            "10:5 SPEC020 jobs[2].name",
            "10:9 SPEC012 jobs[2].comand",
        ],
        "s.kdl",
    ),
    Case(
        "other unknown nodes",
        'name "x"\nzork { deep "er" }\njob "a" note="kept" {\n    command "true"\n    cmd "false"\n    priorit 3\n}\n'
        'action "start" { trigger_type "on_workflow_start"; action_type "run_commands"; command "true"; zork; }\n',
        [
            "2:1 SPEC012 zork",
            "3:9 SPEC012 jobs[0].note",
            "5:5 SPEC012 jobs[0].cmd",
            "6:5 SPEC012 jobs[0].priorit",
            "8:8 SPEC012 actions[0].values",
            "8:96 SPEC012 actions[0].zork",
        ],
        "s.kdl",
    ),
    *(
        Case(
            f"older node {node}",
            f'name "w"\njob "a" {{ command "b" }}\njob "b" {{ command "b"; {node} "a" }}\n',
            [f"3:24 SPEC012 jobs[1].{node}", unknown],
            "s.kdl",
        )
        for node, unknown in (
            ("input", "3:30 SPEC022 jobs[1].input_files[0]"),
            ("outputs", "3:32 SPEC022 jobs[1].output_files[0]"),
        )
    ),
    Case(
        "older node blocked_by_job",
        'name "w"\njob "a" { command "b" }\njob "b" { command "b"; blocked_by_job "a" }\n',
        ["3:24 SPEC012 jobs[1].blocked_by_job"],
        "s.kdl",
    ),
    Case("a KDL number of many digits", f'name "w"\njob "j" {{ priority {"7" * 10_000} }}', ["2:20 SPEC014 "], "s.kdl"),
    Case("a JSON5 number of many digits", "{name: " + "7" * 10_000 + "}", ["SPEC014 "], "s.json5"),
)
NAMES = (
    workflow_case(
        "misspelt references",
        "SPEC025 jobs[0].command",
        "SPEC025 jobs[0].command",
        jobs=[{"name": "a", "command": "cat ${file.input.x} ${outputs.y.z} ${x.output.y}"}],
    ),
    job_case("a misspelt direction", "SPEC025 jobs[1].command", command="cat ${files.inptu.x}"),
    job_case("a misspelt job", "SPEC022 jobs[1].depends_on[0]", depends_on=["frist"]),
    workflow_case(
        "a misspelt file",
        "SPEC022 jobs[0].command",
        files=[{"name": "data", "path": "d"}],
        jobs=[{**JOB, "command": "cat ${files.input.dat}"}],
    ),
    job_case("a pattern without a match", "SPEC024 jobs[1].depends_on_regexes[0]", depends_on_regexes=["^z"]),
    workflow_case(
        "the name of many instances",
        "SPEC022 jobs[1].depends_on[0]",
        jobs=[{"name": "part.{i}", "command": "x", "parameters": {"i": "1:3"}}, {**JOB, "depends_on": ["part"]}],
    ),
    workflow_case(
        "part of the name of many instances",
        "SPEC022 jobs[1].depends_on[0]",
        jobs=[{"name": "part.{i}", "command": "x", "parameters": {"i": "1:3"}}, {**JOB, "depends_on": ["par"]}],
    ),
    workflow_case(
        "a job that gathers instances",
        "SPEC032 jobs[1].name",
        jobs=[
            {"name": "part_{i}", "command": "true", "parameters": {"i": "1:3"}},
            {"name": "whole", "command": "true", "depends_on": ["part_{i}"], "parameters": {"i": "1:3"}},
        ],
    ),
    workflow_case(
        "instances of one name",
        "SPEC020 jobs[0].name",
        jobs=[{"name": "{p:stem}", "command": "true", "parameters": {"p": ["a/x", "b/x"]}}],
    ),
    workflow_case(
        "cycles",
        "SPEC026 jobs[0].depends_on",
        "SPEC022 jobs[6].depends_on[0]",
        "SPEC042 jobs[1]",
        "SPEC042 jobs[3]",
        jobs=[
            {"name": name, "command": "true", "depends_on": [other]}
            for name, other in {"a": "a", "b": "c", "c": "b", "d": "e", "e": "f", "f": "d", "g": "nobody"}.items()
        ],
    ),
    workflow_case(
        "a cycle through a file",
        "SPEC042 jobs[0]",
        files=[{"name": "f", "path": "f"}],
        jobs=[
            {"name": "one", "command": "cat ${files.input.f}"},
            {"name": "two", "command": "true", "depends_on": ["one"]},
            {"name": "three", "command": "true", "depends_on": ["two"], "output_files": ["f"]},
        ],
    ),
    workflow_case(
        "a cycle through a dataset",
        "SPEC042 jobs[0]",
        datasets=[{"name": "d", "path": "d"}],
        jobs=[
            {"name": "a", "command": "true", "input_datasets": ["d"]},
            {"name": "b", "command": "true", "output_datasets": ["d"], "depends_on": ["a"]},
        ],
    ),
    workflow_case(
        "a long cycle",
        "SPEC042 jobs[0]",
        jobs=[{"name": f"j{n}", "command": "true", "depends_on": [f"j{(n + 1) % 50}"]} for n in range(50)],
    ),
    workflow_case(
        "instances that write one path",
        "SPEC044 jobs[0]",
        files=[{"name": "f_{i}", "path": "result.csv", "parameters": {"i": "1:3"}}],
        jobs=[{"name": "j_{i}", "command": "x", "output_files": ["f_{i}"], "parameters": {"i": "1:3"}}],
    ),
    workflow_case(
        "writers of one file",
        "SPEC044 jobs[1]",
        files=[{"name": "f", "path": "b.txt"}],
        jobs=[{"name": name, "command": "true", "output_files": ["f"]} for name in ("j1", "j2")],
    ),
)
PARAMETERS = (
    *(
        parameter_case(values)
        for values in (
            "1:5:0", "1:1e300", "-1e308:1e308:1e-300", "3:1", "1:5:-2", "[]", [], "[a, b", [[1]], [None],
            {"glob": "d/*"}, ["glob:d/*"],
        )
    ),
    *(parameter_case(values, warns=True) for values in ("1..5", "1,2,3", "a, b", "1:5:10")),
    Case(
        "zipped parameters of different lengths",
        {"name": "w", "jobs": [{"name": "j_{a}_{b}", "command": "x", "parameters": {"a": "1:2", "b": "1:3"},
                                "parameter_mode": "zip"}]},
        ["SPEC030 jobs[0].parameters"],
    ),
    Case(
        "a misspelt parameter",
        {"name": "w", "parameters": {"lrs": "1:2", "i": "1:2"},
         "jobs": [{"name": "a_{i}", "command": "true", "use_parameters": ["lr", "i"]}]},
        ["SPEC033 jobs[0].use_parameters[0]"],
    ),
    Case(
        "a parameter that is not used", {"name": "w", "parameters": {"i": "1:2"}, "jobs": [{**JOB, "command": "{i}"}]},
        ["SPEC036 jobs[0].command"],
    ),
    table_case("empty", "t.csv", ""),
    table_case("columns of one name", "t.csv", "a,a\n1,2\n"),
    table_case("a short row", "t.csv", "site,rate\n1\n"),
    table_case("without rows", "t.csv", "site,rate\n"),
    table_case("semicolons", "t.csv", "a;b\n1;2\n"),
    table_case("tabs", "t.csv", "a\tb\n1\t2\n"),
    table_case("commas", "t.tsv", "a,b\n1,2\n"),
    table_case("a map", "t.json", "{}"),
    table_case("invalid JSON", "t.json", "["),
    table_case("deep", "t.json", "[" * 100_000),
    table_case("different columns", "t.json", '[{"site": 1, "rate": 2}, {"site": 1}]'),
    table_case("a list as a cell", "t.json", '[{"site": [1], "rate": 2}]'),
    table_case("suffix", "t.txt", "x"),
    table_case("missing", "gone/t.csv", None),
)  # fmt: skip
SCHEDULE = {
    "trigger_type": "on_workflow_start", "action_type": "schedule_nodes", "scheduler_type": "slurm", "scheduler": "s",
}  # fmt: skip


def _slurm(
    title: str,
    *found: str,
    nodes: int = 1,
    job_nodes: int = 1,
    action: Mapping[str, Any] | None = None,
    **scheduler: Any,
) -> Case:
    """Return a case of a job and a scheduler, whose allocations an action may request."""
    needs = {"name": "r", "num_cpus": 4, "memory": "8g", "runtime": "PT1H", "num_gpus": 1, "num_nodes": job_nodes}
    fits = {"name": "s", "account": "wind", "walltime": "02:00:00", "mem": "8g", "gres": "gpu:1", "nodes": nodes}
    job = {**JOB, "resource_requirements": "r", "scheduler": "s"}
    members = {"slurm_schedulers": [fits | scheduler], "resource_requirements": [needs], "jobs": [job]}
    return workflow_case(title, *found, **members, actions=[] if action is None else [SCHEDULE | action])


SLURM = (
    *(
        _slurm(f"allocations with {name} {value}", "SPEC057 jobs[0]", **{name: value})
        for name, value in (
            ("walltime", "00:59:59"), ("mem", "8191m"), ("gres", "gpu:0"), ("extra", "--cpus-per-task=2"),
        )
    ),
    _slurm("memory that Slurm cannot read", "SPEC057 slurm_schedulers[0].mem", mem="8 gigabytes"),
    _slurm("more nodes than the scheduler", "SPEC055 slurm_schedulers[0].nodes", nodes=2, job_nodes=3),
    _slurm("several nodes on a scheduler of one", "SPEC055 slurm_schedulers[0].nodes", job_nodes=2),
    _slurm("idle nodes", "SPEC055 actions[0].scheduler", nodes=2, action={}),
    _slurm(
        "workers on each node", "SPEC055 actions[0].start_one_worker_per_node", nodes=2, job_nodes=2,
        action={"start_one_worker_per_node": True},
    ),
)  # fmt: skip
CASES = (*LOOKALIKES, *SLURM, *FILES, *SYNTAX, *SHAPE, *KDL, *NAMES, *PARAMETERS)
