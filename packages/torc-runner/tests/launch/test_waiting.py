"""Commands other than jobs: their ends and their output."""

import asyncio
import os
from pathlib import Path

import pytest

from torc_runner.launch.spawn import LaunchError
from torc_runner.launch.waiting import run_to_end
from torc_runner.stdio_files import StdioFiles, action_files

ENVIRONMENT = {"PATH": os.environ["PATH"]}


@pytest.fixture
def files(tmp_path: Path) -> StdioFiles:
    return action_files(tmp_path, 1, 2, run_id=3, node_id=4, number=5)


def written(path: str) -> str:
    return Path(path).read_text()


def num_open() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("max_bytes", [None, 1 << 20])
async def test_the_exit_code_and_the_output_of_a_command(files, max_bytes):
    command = "echo out; echo err >&2; exit 7"
    assert await run_to_end(["bash", "-c", command], ENVIRONMENT, files, max_bytes=max_bytes) == 7
    assert [written(path) for path in (files.stdout, files.stderr)] == ["out\n", "err\n"]


async def test_the_first_part_of_long_output_is_kept(files):
    command = ["bash", "-c", "yes | head -c 50000000"]
    assert await run_to_end(command, ENVIRONMENT, files, max_bytes=1 << 20) == 0
    kept = written(files.stdout)
    assert kept[: 1 << 20] == "y\n" * (1 << 19)
    assert kept[1 << 20 :] == "\ntorc-runner: of this output the first 1 MiB are kept\n"


@pytest.mark.parametrize("max_bytes", [None, 1 << 20])
async def test_a_command_that_cannot_start_leaves_no_file_open(files, max_bytes, told):
    before = num_open()
    with told.raised(LaunchError):
        await run_to_end(["bash", "-c", "x" * 10_000_000], ENVIRONMENT, files, max_bytes=max_bytes)
    assert num_open() == before


@pytest.mark.parametrize("max_bytes", [None, 1 << 20])
async def test_a_cancellation_kills_the_command(files, max_bytes):
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    command = ["bash", "-c", "yes"]
    running = asyncio.create_task(
        run_to_end(command, ENVIRONMENT, files, lambda child: begun.set_result(child.pid), max_bytes=max_bytes)
    )
    pid = await begun
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not exists(pid)
