"""A password stays with the person who submits: the runners in allocations have a token, in a private file."""

import json
from pathlib import Path

import pytest

from slurm.asking import is_complete
from slurm.cluster import Cluster
from slurm.configuration import HEAD
from slurm.scenarios import Site
from slurm.waiting import until
from support.processes import SERVICE, Place, Server

PASSWORD = "pfirsich-21"
SPEC = """
name: secret
jobs: [{name: look, command: "env > env.txt; ps -eo args > args.txt; until [ -e go ]; do sleep 0.1; done"}]
slurm_defaults: {cpus-per-task: 2}
slurm_schedulers: [{name: main, account: root, mem: 500m, walltime: "00:05:00"}]
actions: [{trigger_type: on_workflow_start, action_type: schedule_nodes, scheduler: main, scheduler_type: slurm}]
"""


def test_a_password_is_in_no_script_record_or_environment(
    place: Place, cluster: Cluster, request: pytest.FixtureRequest
) -> None:
    counting = Site(place, cluster, request)
    passwords = place.directory / "htpasswd"
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", passwords, "tester", "-p", PASSWORD, "-c", "4")
    place.environment |= {"SLURM_CONF": cluster.environment["SLURM_CONF"]}
    place.file("secret.yaml", SPEC)
    rules = ("--auth-file", str(passwords), "--require-auth", "--enforce-access-control")
    with Server(place, "--host", HEAD, *rules) as server:
        place.environment["TORC_API_URL"] = f"http://{HEAD}:{server.port}{SERVICE}"
        # One by option and one by variable, which sbatch would copy to the allocation and to the accounting.
        first = place.run("torc", "--password", PASSWORD, "-f", "json", "submit", "secret.yaml", "-o", "one")
        place.environment["TORC_PASSWORD"] = PASSWORD
        second = place.run("torc", "-f", "json", "submit", "secret.yaml", "-o", "two")
        for output in ("one", "two"):
            (token,) = (place.directory / output).glob("submission_*/token")
            assert [oct(path.stat().st_mode & 0o777) for path in (token, token.parent)] == ["0o600", "0o700"]
        (place.directory / "go").touch()
        for ended, output in ((first, "one"), (second, "two")):
            submitted = json.loads(ended.stdout)
            _wait_for_end(place, submitted["workflow_id"])
            (allocation,) = submitted["allocation_ids"]
            stored = [
                cluster.run("sacct", "-j", allocation, kind, "-P")
                for kind in ("--env-vars", "--batch-script", "--format=all")
            ]
            assert not [text for text in stored if PASSWORD in text or "TORC_PASSWORD" in text or "torc_1_" in text]
            assert not _holders(place.directory / output)
        counting.count("20 password only", counting.existing(json.loads(first.stdout)["workflow_id"]))
        seen = [(place.directory / name).read_text() for name in ("env.txt", "args.txt")]
    assert "TORC_JOB_NAME=look" in seen[0]
    assert "--token-file" in seen[1]
    assert not [text for text in seen if PASSWORD in text or "torc_1_" in text]
    assert "TORC_TOKEN_FILE" not in seen[0]


def _wait_for_end(place: Place, workflow: int) -> None:
    until(lambda: is_complete(place, workflow))
    assert place.torc("results", "list", workflow)["items"][0]["return_code"] == 0


def _holders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
