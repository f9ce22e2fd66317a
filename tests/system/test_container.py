"""The container image of the server: its scripts as processes, and the image where it can be built."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from support import needs
from support.pages import ROOT
from support.processes import Place

CONTAINER = ROOT / "container"
ENTRYPOINT = CONTAINER / "entrypoint.sh"
BASE = "docker.io/library/python:3.12-slim-bookworm"
BUILD_SECONDS = 900


@pytest.fixture
def settings(place: Place) -> dict[str, str]:
    """The settings that a container needs."""
    place.run("torc-htpasswd", "add", "-f", "htpasswd", "-p", "long-enough-for-root", "root")
    return {
        "TORC_AUTH_FILE": str(place.directory / "htpasswd"),
        "TORC_ADMIN_USERS": "root,ann",
        "TORC_DATABASE": str(place.directory / "data.db"),
        "TORC_PORT": "0",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TORC_AUTH_FILE": ""}, "Error: TORC_AUTH_FILE is not set. Mount a password file"),
        ({"TORC_AUTH_FILE": "/nowhere/htpasswd"}, "Error: TORC_AUTH_FILE is /nowhere/htpasswd, which user"),
        ({"TORC_ADMIN_USERS": ""}, "Error: TORC_ADMIN_USERS is not set."),
    ],
)
def test_no_server_starts_without_passwords_and_administrators(
    place: Place, settings: dict[str, str], changes: dict[str, str], message: str
) -> None:
    ended = place.run("sh", str(ENTRYPOINT), environment={**settings, **changes}, status=1)
    assert (ended.stdout, ended.stderr.startswith(message)) == ("", True)
    assert not (place.directory / "data.db").exists()


def test_the_server_requires_passwords_and_enforces_access(place: Place, settings: dict[str, str]) -> None:
    place.environment |= {**settings, "TORC_LOG_DIR": str(place.directory / "logs")}
    with place.start("sh", str(ENTRYPOINT), "--host", "127.0.0.1") as process:
        assert process.stdout is not None
        name, _, port = process.stdout.readline().strip().partition("=")
        assert name == "TORC_SERVER_PORT"
        url = f"http://127.0.0.1:{port}/torc-service/v1"
        check = [sys.executable, str(CONTAINER / "healthcheck.py")]
        healthy = subprocess.run(
            check, env={**os.environ, "TORC_PORT": port}, capture_output=True, text=True, check=False
        )
        assert (healthy.returncode, healthy.stderr) == (0, "")
        refused = place.run("torc", "--url", url, "workflows", "list", status=1)
        assert "password" in refused.stderr
        known = {"TORC_PASSWORD": "long-enough-for-root", "TORC_USERNAME": "root", "TORC_API_URL": url}
        place.run("torc", "workflows", "new", "-n", "mine", environment=known)
        place.run("torc", "admin", "sql", "SELECT 1", environment=known)
        process.terminate()
        assert process.wait() == 0
    unhealthy = subprocess.run(
        check, env={**os.environ, "TORC_PORT": port}, capture_output=True, text=True, check=False
    )
    assert unhealthy.returncode == 1
    assert f"http://127.0.0.1:{port}/healthz: " in unhealthy.stderr
    assert (place.directory / "logs/torc-server.log").read_text().count("listening") == 1
    assert (place.directory / "data.db").stat().st_mode & 0o777 == 0o600


def test_other_commands_of_the_image_need_no_settings(place: Place) -> None:
    assert place.run("sh", str(ENTRYPOINT), "torc-server", "--version").stdout.startswith("torc-server")


@needs.programs("shellcheck")
def test_the_script_has_no_known_mistake() -> None:
    ended = subprocess.run(["shellcheck", str(ENTRYPOINT)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def buildah(*words: str, seconds: float = 120, check: bool = True) -> str:
    """Run buildah without namespaces, which a container that runs the tests does not have."""
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}
    ended = subprocess.run(
        ["buildah", *words], capture_output=True, text=True, env=environment, timeout=seconds, cwd=ROOT, check=False
    )
    assert ended.returncode == 0 or not check, (words, ended.stdout[-2000:], ended.stderr[-2000:])
    return ended.stdout.strip() if ended.returncode == 0 else ""


@pytest.fixture
def container() -> Iterator[str]:
    """A container of the image, which is built and removed."""
    base = os.environ.get("TORC_TEST_BASE_IMAGE", BASE)
    if os.geteuid() != 0 or not buildah("pull", "--policy=missing", "--retry=0", base, check=False):
        needs.skip_without("an image with Python")
    name = f"localhost/torc-test-{uuid.uuid4().hex}"
    buildah(
        "bud", "--format=docker", f"--build-arg=BASE={base}", "--file=container/Containerfile", f"--tag={name}", ".",
        seconds=BUILD_SECONDS,
    )  # fmt: skip
    running = buildah("from", name)
    try:
        yield running
    finally:
        buildah("rm", running)
        buildah("rmi", name)


@needs.programs("buildah")
@pytest.mark.timeout(BUILD_SECONDS + 300)
def test_the_image_is_built_and_runs(container: str) -> None:
    config = json.loads(buildah("inspect", container))["Docker"]["config"]
    assert config["User"] == "10001:10001"
    assert config["Healthcheck"]["Test"] == ["CMD", "torc-healthcheck"]
    assert set(config["Volumes"]) == {"/data", "/logs"}
    assert buildah("run", container, "--", "id", "-u") == "10001"
    assert buildah("run", container, "--", "torc-entrypoint", "torc-server", "--version").startswith("torc-server")
    script = (
        "torc-htpasswd add -f /data/htpasswd -p long-enough-for-root root >/dev/null;"
        " export TORC_AUTH_FILE=/data/htpasswd TORC_ADMIN_USERS=root TORC_PORT=18086;"
        " torc-entrypoint --host 127.0.0.1 >/data/out & server=$!;"
        " for each in $(seq 100); do torc-healthcheck 2>/dev/null && break; sleep 0.2; done;"
        " torc-healthcheck; echo healthy=$?; kill $server; wait $server; echo ended=$?; stat -c %a /data/torc.db"
    )
    out = buildah("run", container, "--", "sh", "-c", script)
    assert out.splitlines()[-3:] == ["healthy=0", "ended=0", "600"]
