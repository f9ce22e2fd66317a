"""An example for each code of a spec problem: a spec that has this problem and no other.

The reference page shows the examples with the problem that is found; a test compares the codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from torc_client.spec.codes import Code


@dataclass(frozen=True, slots=True)
class Example:
    """The content of a spec file with one problem. If `text` is None, the file does not exist."""

    text: str | None
    file: str = "example.yaml"
    encoding: str = "utf-8"
    table: str = ""
    """The content of `table.csv`, which the spec names."""


def _spec(*lines: str) -> Example:
    return Example("\n".join(("name: example", *lines, "")))


def _with_job(*lines: str) -> Example:
    """Return a spec with a valid job after these lines."""
    return _spec(*lines, "jobs:", "  - {name: a, command: echo a}")


def _job(*lines: str) -> Example:
    """Return a spec with one job, whose further fields are these lines."""
    return _spec("jobs:", "  - name: a", "    command: echo a", *(f"    {line}" for line in lines))


def _requirements(fields: str) -> Example:
    return _with_job("resource_requirements:", f"  - {{name: large, num_cpus: 4, {fields}}}")


def _scheduler(fields: str, *lines: str) -> Example:
    return _with_job("slurm_schedulers:", f"  - {{name: short, {fields}}}", *lines)


def _action(fields: str) -> Example:
    return _with_job("actions:", f"  - {{trigger_type: on_workflow_start, {fields}}}")


EXAMPLES: Mapping[Code, Example] = {
    Code.UNREADABLE_FILE: Example(None),
    Code.NOT_TEXT: Example("name: café\njobs:\n  - {name: a, command: echo a}\n", encoding="latin-1"),
    Code.EMPTY: Example("\n"),
    Code.SYNTAX: Example("name: example\njobs:\n  - name: a\n    command: 'echo a\n"),
    Code.NESTED_TOO_DEEPLY: Example(f"metadata: {'[' * 201}1{']' * 201}\n"),
    Code.REPEATED_KEY: _job("command: echo b"),
    Code.WRONG_TYPE: _job("priority: high"),
    Code.MISSING_FIELD: _spec("jobs:", "  - command: echo a"),
    Code.UNKNOWN_FIELD: _job("depend_on: []"),
    Code.INVALID_VALUE: _job("priority: -1"),
    Code.NOT_STORABLE: _with_job("metadata: {size: 99999999999999999999}"),
    Code.REPEATED_NAME: _spec("jobs:", "  - {name: a, command: echo a}", "  - {name: a, command: echo b}"),
    Code.RESERVED_NAME: _with_job("resource_requirements:", "  - {name: default, num_cpus: 4, memory: 8g}"),
    Code.UNKNOWN_NAME: _job("depends_on: [prepare]"),
    Code.INVALID_PATTERN: _job("depends_on_regexes: ['prepare_(']"),
    Code.NO_MATCH: _job("depends_on_regexes: ['^prepare_']"),
    Code.INVALID_REFERENCE: _spec("jobs:", "  - {name: a, command: 'cat ${files.data}'}"),
    Code.SELF_DEPENDENCY: _job("depends_on: [a]"),
    Code.WIDE_PATTERN: _spec(
        "jobs:",
        "  - {name: 'sim_{i}', command: echo, parameters: {i: '1:10'}}",
        "  - {name: plot, command: echo, depends_on_regexes: [sim_1]}",
    ),
    Code.UNQUOTED_REFERENCE: _spec(
        "files: [{name: table, path: my table.csv}]",
        "jobs:",
        "  - {name: a, command: 'wc -l ${files.input.table}'}",
    ),
    Code.NO_DATA_YET: _spec(
        "user_data: [{name: made}]",
        "jobs:",
        "  - {name: a, command: echo, output_user_data: [made]}",
        "  - {name: b, command: 'echo ${user_data.input.made}'}",
    ),
    Code.INVALID_PARAMETER: _spec("jobs:", "  - {name: 'a_{i}', command: echo, parameters: {i: '1:9:0'}}"),
    Code.TOO_MANY_INSTANCES: _spec(
        "jobs:", "  - {name: 'a_{i}_{k}', command: echo, parameters: {i: '1:10000', k: '1:10000'}}"
    ),
    Code.AMBIGUOUS_NAME: _spec("jobs:", "  - {name: a, command: 'echo {i}', parameters: {i: '1:3'}}"),
    Code.UNKNOWN_PARAMETER: _job("use_parameters: [i]"),
    Code.CONFLICTING_PARAMETERS: _with_job("parameters: {i: '1:3'}", "variables: {i: 1}"),
    Code.INVALID_TABLE: _spec("jobs:", "  - {name: 'a_{i}', command: echo, parameters_file: missing.csv}"),
    Code.UNKNOWN_PLACEHOLDER: _spec("variables: {root: /data}", "jobs:", "  - {name: a, command: 'ls {rot}'}"),
    Code.INVALID_VARIABLE: _with_job("variables: {data-dir: /data}"),
    Code.SINGLE_VALUE: _spec("jobs:", "  - {name: 'a_{i}', command: echo, parameters: {i: '1..3'}}"),
    Code.UNUSED_COLUMN: Example(
        "name: example\njobs:\n  - {name: 'a_{i}', command: echo, parameters_file: table.csv}\n", table="i,size\n1,7\n"
    ),
    Code.INVALID_MEMORY: _requirements("memory: 8 GB"),
    Code.INVALID_DURATION: _requirements("memory: 8g, runtime: 90 min"),
    Code.DEPENDENCY_CYCLE: _spec(
        "jobs:",
        "  - {name: a, command: echo a, depends_on: [b]}",
        "  - {name: b, command: echo b, depends_on: [a]}",
    ),
    Code.NO_JOBS: _spec("jobs: []"),
    Code.SHARED_OUTPUT: _spec(
        "files: [{name: table, path: table.csv}]",
        "jobs:",
        "  - {name: a, command: 'echo 1 > table.csv', output_files: [table]}",
        "  - {name: b, command: 'echo 2 > table.csv', output_files: [table]}",
    ),
    Code.REPEATED_PATH: _with_job("files:", "  - {name: one, path: a.csv}", "  - {name: other, path: ./a.csv}"),
    Code.INCOMPLETE_ACTION: _action("action_type: run_commands"),
    Code.IRRELEVANT_FIELD: _action("action_type: run_commands, commands: [echo start], num_allocations: 2"),
    Code.MISSING_ACCOUNT: _scheduler("nodes: 1"),
    Code.INVALID_WALLTIME: _scheduler("account: wind, walltime: 4h"),
    Code.INVALID_SLURM_DEFAULT: _with_job("slurm_defaults: {partition: short}"),
    Code.IDLE_NODES: _scheduler(
        "account: wind, nodes: 2",
        "actions:",
        "  - {trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler_type: slurm, scheduler: short}",
    ),
    Code.UNFIT_JOB: _spec(
        "slurm_schedulers:",
        "  - {name: short, account: wind, walltime: '00:30:00', mem: 8g}",
        "resource_requirements:",
        "  - {name: large, num_cpus: 4, memory: 16g, runtime: PT1H}",
        "jobs:",
        "  - {name: a, command: echo a, resource_requirements: large, scheduler: short}",
    ),
    Code.CONFLICTING_SETTINGS: _with_job("execution_config: {mode: direct, enable_cpu_bind: true}"),
    Code.INVALID_SIGNAL: _with_job("execution_config: {termination_signal: SIGSTOPP}"),
    Code.NEEDS_RO_CRATE: _with_job("files:", "  - {name: data, path: data.csv, identifier: 'doi:10.1000/1'}"),
    Code.UNUSED_RULE: _with_job("failure_handlers:", "  - {name: again, rules: [{max_retries: 2}]}"),
    Code.UNNAMED_USER_DATA: _with_job("user_data:", "  - {data: {rate: 0.5}}"),
    Code.SWALLOWED_COMMAND: _job("invocation_script: export A=5"),
    Code.UNEXPANDED_PATH: _with_job("files:", "  - {name: data, path: $HOME/data.csv}"),
    Code.PATTERN_IN_PATH: _with_job("files:", "  - {name: data, path: data/*.csv}"),
    Code.UNEXPANDED_VARIABLE: _job("env: {DATA: $HOME/data}"),
    Code.INVALID_GLOB: _spec("jobs:", "  - {name: 'a_{f:stem}', command: echo, parameters: {f: 'glob:data/*.csv'}}"),
    Code.UNKNOWN_FORM: _spec("jobs:", "  - {name: 'a_{i:03}', command: echo, parameters: {i: '1:3'}}"),
    Code.LOOKALIKE: _spec("jobs:", "  - {name: a, command: 'wc \u2013l table.csv'}"),
    Code.LOST_ZEROS: _spec("jobs:", "  - {name: 'a_{i}', command: echo, parameters: {i: '001:003'}}"),
}
