"""A person on a login node with a server of their own: its URL, its password, and the environment of the jobs."""

import json
import subprocess
from pathlib import Path

import pytest

from slurm.cluster import Cluster
from slurm.waiting import until
from support.processes import Place, Server

PASSWORD = "correct-horse-battery"
SPEC = {
    "name": "demo",
    "jobs": [{"name": "job", "command": "env > environment.txt"}],
    "slurm_schedulers": [{"name": "main", "account": "root", "nodes": 1, "walltime": "00:05:00"}],
    "actions": [
        {
            "trigger_type": "on_workflow_start", "action_type": "schedule_nodes", "scheduler": "main",
            "scheduler_type": "slurm", "num_allocations": 1,
        }
    ],
}  # fmt: skip


@pytest.fixture
def login(tmp_path: Path, cluster: Cluster) -> Place:
    """A login node. The commands know no password."""
    place = Place(tmp_path / "login")
    place.environment |= {"SLURM_CONF": cluster.environment["SLURM_CONF"], "USER": "alice"}
    place.environment["PATH"] += f":{cluster.environment['PATH']}"
    place.environment.pop("TORC_PASSWORD", None)
    place.run("torc-htpasswd", "add", "-f", "htpasswd", "-p", PASSWORD, "alice")
    return place


def submitted(login: Place, host: str) -> "subprocess.CompletedProcess[str]":
    login.file("demo.json", json.dumps(SPEC))
    with Server(login, "--host", host, "--auth-file", "htpasswd", "--require-auth") as server:
        login.environment["TORC_API_URL"] = f"http://localhost:{server.port}/torc-service/v1"
        ended = login.run("torc", "--password", PASSWORD, "-f", "json", "submit", "demo.json", status=None)
        if ended.returncode:
            return ended
        workflow = json.loads(ended.stdout)["workflow_id"]
        until(lambda: login.torc("--password", PASSWORD, "workflows", "is-complete", workflow)["is_complete"])
    return ended


def test_a_localhost_url_becomes_the_address_of_the_login_node(login: Place, cluster: Cluster) -> None:
    login.environment |= {"LC_ALL": "C.UTF-8", "SLURM_TIME_FORMAT": "relative"}
    ended = submitted(login, "0.0.0.0")  # noqa: S104 - nodes must reach it
    assert ended.returncode == 0, ended.stderr
    environment = dict(
        line.partition("=")[::2] for line in (login.directory / "environment.txt").read_text().splitlines()
    )
    assert (environment["LC_ALL"], environment["SLURM_TIME_FORMAT"]) == ("C.UTF-8", "relative")
    assert "localhost" not in environment["TORC_API_URL"]
    written = [*login.directory.glob("torc_output/*.sh"), *login.directory.glob("torc_output/*.log")]
    recorded = "\n".join(path.read_text() for path in written) + "\n".join(environment.values())
    job = environment["SLURM_JOB_ID"]
    recorded += cluster.run("sacct", "-j", job, "--env-vars") + cluster.run("sacct", "-j", job, "--batch-script")
    for secret in (PASSWORD, "TORC_TOKEN_FILE="):
        assert secret not in recorded


def test_a_server_that_only_the_login_node_reaches_is_refused(login: Place) -> None:
    message = submitted(login, "127.0.0.1").stderr
    assert "is out of reach for runners on the nodes" in message
    assert "Start the server with `torc-server run --host 0.0.0.0`" in message
