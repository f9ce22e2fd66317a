"""The end of the allocation, from the environment or from Slurm."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from torc_runner.detect.allocation import allocation_end
from torc_runner.settings import Settings

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, 4, tzinfo=UTC)
LATER_SECONDS = int(LATER.timestamp())


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (None, None),
        (str(LATER_SECONDS), LATER),
        ("soon", None),
        ("9" * 30, None),
        (str(int(NOW.timestamp()) - 1), None),
    ],
)
async def test_an_end_in_the_future_is_used(text, end):
    environment = {} if text is None else {"SLURM_JOB_END_TIME": text}
    assert await allocation_end(environment, NOW) == end


@pytest.fixture
def squeue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that puts a script with this name on the PATH."""

    def put(script):
        program = tmp_path / "squeue"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)

    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return put


@pytest.mark.parametrize(
    ("script", "end"),
    [
        (f'test "$SLURM_TIME_FORMAT $*" = "%s --noheader --jobs 17 --format %e" && echo {LATER_SECONDS}', LATER),
        ("echo N/A", None),
        ("echo 2027-01-01T04:00:00", None),
        ("echo nonsense; head -c 100000 /dev/zero", None),
        (f"echo {LATER_SECONDS}; exit 1", None),
        ("exec sleep 600", None),
    ],
)
async def test_squeue_is_called_if_the_environment_has_no_end(squeue, script, end):
    squeue(script)
    environment = {**os.environ, "SLURM_JOB_ID": "17"}
    assert await allocation_end(environment, NOW, patience_seconds=0.3 if "sleep" in script else 10) == end


async def test_without_squeue_the_end_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await allocation_end({"SLURM_JOB_ID": "17", "PATH": str(tmp_path)}, NOW) is None


@pytest.mark.parametrize(
    ("chosen", "end", "left_seconds"),
    [(None, None, None), (LATER, None, 14400), (None, LATER, 14400), (NOW, LATER, 0), (LATER, NOW, 0)],
)
def test_a_runner_ends_with_its_allocation_or_before(chosen, end, left_seconds):
    assert Settings(end_time=chosen).until(end).time_left_seconds(NOW) == left_seconds
