"""The published client, in a virtual environment of its own: made once, kept under .tox."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RELEASE = "torc-client 0.35.0"
LOCK = Path(__file__).parents[2] / "tools" / "locks" / "published.txt"
CACHE = Path(__file__).parents[2] / ".tox" / "published-0.35.0"


def install(directory: Path) -> None:
    """Make the environment anew; fails with what is needed when the package cannot be had."""
    shutil.rmtree(directory, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    pip: list[str | Path] = [directory / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--require-hashes", "--requirement", LOCK],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(directory, ignore_errors=True)
        pytest.fail(
            f"These tests need {RELEASE} from PyPI once, to keep it in {directory}. Let pip reach a package index "
            f"(or set PIP_INDEX_URL or PIP_FIND_LINKS) and run them again.\n{done.stderr}",
            pytrace=False,
        )
    (directory / "complete").touch()


@pytest.fixture(scope="session")
def published_python() -> Path:
    """The Python that has the published client; one process makes the environment while others wait."""
    CACHE.parent.mkdir(exist_ok=True)
    with CACHE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (CACHE / "complete").exists():
            install(CACHE)
    return CACHE / "bin" / "python"
