"""The ways of docs/how-to/install.md: from a folder of wheels, with the commands that the hints print."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOREIGN = "Metadata-Version: 2.1\nName: torc-client\nVersion: 0.35.0\n"

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("installation")]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `dist`, as `make dist` builds it."""
    folder = tmp_path_factory.mktemp("installation")
    for name in ("torc-client", "torc-runner"):
        distribution = ROOT / "packages" / name
        hatchling = Path(sys.executable).with_name("hatchling")
        built = run(hatchling, "build", "--target", "wheel", "--directory", folder / "dist", cwd=distribution)
        assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture
def environment(place: Path, request: pytest.FixtureRequest) -> Path:
    """A new virtual environment."""
    folder = place / str(request.node.name)
    assert run(sys.executable, "-m", "venv", folder, cwd=place).returncode == 0
    return folder


def install(environment: Path, *arguments: str) -> None:
    pip = environment / "bin" / "pip"
    installed = run(pip, "install", "--quiet", "--disable-pip-version-check", *arguments, cwd=environment.parent)
    assert installed.returncode == 0, installed.stderr


def test_a_runner_comes_from_the_folder_of_wheels(environment: Path):
    install(environment, "--find-links", "dist", "torc-runner")
    shown = run(environment / "bin" / "torc-runner", "--version", cwd=environment)
    assert shown.returncode == 0, shown.stderr
    # The hint of a missing distribution names the same command.
    missing = run(environment / "bin" / "torc", "dash", cwd=environment)
    assert missing.returncode != 0
    assert "pip install --find-links dist torc-dash" in missing.stderr


def test_a_runner_beside_another_projects_client_says_so(environment: Path):
    install(environment, "--no-deps", "--find-links", "dist", "torc-runner")
    packages = next((environment / "lib").glob("python*/site-packages"))
    metadata = packages / "torc_client-0.35.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(FOREIGN)
    (metadata / "RECORD").write_text("torc_client-0.35.0.dist-info/METADATA,,\ntorc_client-0.35.0.dist-info/RECORD,,\n")
    refused = run(environment / "bin" / "torc-runner", "--version", cwd=environment)
    assert refused.returncode == 1
    assert "torc-client 0.35.0" in refused.stderr
    command = refused.stderr.rpartition("pip ")[2]
    assert "--find-links dist" in command
    install(environment, "--force-reinstall", "--no-deps", "--find-links", "dist", "torc-client>=1.0.0.dev0")
    install(environment, "--find-links", "dist", "torc-runner")
    assert run(environment / "bin" / "torc-runner", "--version", cwd=environment).returncode == 0
