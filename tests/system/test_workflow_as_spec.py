"""`torc workflows spec` writes a spec of which the same workflow becomes, in every format."""

import json
from typing import Any

import pytest

from support.processes import Place, Server

EVERYTHING = """\
name: everything
description: all of it
project: wind
metadata: {tags: [a, {b: null}]}
env: {A: "1", SHARED: one}
use_pending_failed: true
jobs_sort_method: gpus_memory_runtime
compute_node_wait_for_new_jobs_seconds: 62
dynamic_jobs: {max_iterations: 7}
enable_ro_crate: true
files:
  - {name: in, path: data/in, identifier: "doi:1"}
  - {name: out, path: data/out}
datasets:
  - {name: set, path: data/set, hash_mode: content, description: a set}
user_data:
  - {name: given, data: {a: [1, null, "yes"]}}
  - {name: made, is_ephemeral: true}
resource_requirements:
  - {name: big, num_cpus: 2, memory: 3g, num_gpus: 1, num_nodes: 2, runtime: PT5M}
failure_handlers:
  - name: again
    rules: [{exit_codes: [1, 2], recovery_script: mend, max_retries: 2}, {match_all_exit_codes: true}]
slurm_defaults: {account: wind, reservation: r, exclusive: true}
slurm_schedulers:
  - {name: long, account: sun, nodes: 2, walltime: "2-00:00:00", gres: "gpu:1", serialize_allocations: true}
execution_config:
  termination_signal: SIGINT
  stdio: {mode: combined, max_mb: 5}
  srun_mpi: pmix
resource_monitor: {granularity: time_series, compute_node: {cpu: true, memory: false}}
jobs:
  - name: first
    command: |
      echo "<b>{not_a_parameter}</b> ${HOME}" > ${files.output.out}
      true
    invocation_script: "set -e;"
    env: {B: "2", SHARED: other}
    output_user_data: [made]
    output_datasets: [set]
    resource_requirements: big
    failure_handler: again
    scheduler: long
    cancel_on_blocking_job_failure: false
    supports_termination: true
    priority: 5
    stdio: {mode: no_stderr}
  - {name: "each_{i}", command: "echo {i}", depends_on: [first], parameters: {i: "1:3"}, labels: ["gpu"]}
  - name: last
    command: cat
    input_files: [in, out]
    input_user_data: [given, made]
    input_datasets: [set]
    depends_on_regexes: ["^each_"]
actions:
  - {trigger_type: on_jobs_complete, action_type: run_commands, commands: ["ls"], jobs: [first], persistent: true}
  - trigger_type: on_workflow_start
    action_type: schedule_nodes
    scheduler: long
    scheduler_type: slurm
    num_allocations: 3
    start_one_worker_per_node: true
"""
PLAIN = """\
name: plain
jobs:
  - {name: '1', command: 'yes'}
  - {name: 'null', command: '# {x}: ""', depends_on: ['1']}
"""


def definition(place: Place, workflow_id: int) -> dict[str, Any]:
    """Return an export without what differs between two workflows."""
    document: dict[str, Any] = place.torc("workflows", "export", workflow_id)
    del document["exported_at"]
    return document


@pytest.mark.parametrize("format_name", ["yaml", "json", "json5", "kdl"])
@pytest.mark.parametrize("text", [EVERYTHING, PLAIN], ids=["everything", "plain"])
def test_the_same_workflow_is_created_again(place: Place, server: Server, text: str, format_name: str):
    first = place.torc("create", place.file("first.yaml", text))["workflow_id"]
    place.run("torc", "workflows", "spec", first, "--output", f"second.{format_name}")
    second = place.torc("create", f"second.{format_name}")["workflow_id"]
    assert definition(place, second) == definition(place, first)


def test_what_a_spec_need_not_say_is_left_out(place: Place, server: Server):
    place.torc("create", place.file("first.yaml", PLAIN))
    written = json.loads(place.run("torc", "workflows", "spec", 1, "--to", "json").stdout)
    assert written == {
        "name": "plain",
        "jobs": [
            {"name": "1", "command": "yes"},
            {"name": "null", "command": '# {x}: ""', "depends_on": ["1"]},
        ],
    }


def test_changed_default_requirements_get_a_name(place: Place, server: Server):
    place.torc("create", place.file("first.yaml", PLAIN))
    found = place.torc("resource-requirements", "list", 1)["items"]
    place.run("torc", "resource-requirements", "update", found[0]["id"], "--memory", "2g")
    written = place.torc("workflows", "spec", 1)
    assert [one["memory"] for one in written["resource_requirements"]] == ["2g"]
    assert {job["resource_requirements"] for job in written["jobs"]} == {"standard"}


def test_an_unknown_format_is_refused(place: Place, server: Server):
    place.torc("create", place.file("first.yaml", PLAIN))
    refused = place.run("torc", "workflows", "spec", 1, "--to", "toml", status=1)
    assert "There is no format 'toml'." in refused.stderr
