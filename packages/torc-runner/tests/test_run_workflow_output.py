"""Workflow runs that limit or delete the output of jobs, with real processes and a fake server."""

import gc
import logging
import resource
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import fake_workflow
from fake_workflow import FakeWorkflow
from torc_client.client import TorcClient
from torc_client.testing import FakeServer
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings

MIB = 1024 * 1024
NOTE = b"\ntorc-runner: of this output the first 1 MiB are kept\n"
GIGABYTE = 1_000_000_000


@pytest.fixture
def run(
    serve: Callable[..., FakeWorkflow], server: FakeServer, tmp_path: Path
) -> Callable[..., Awaitable[dict[int, int]]]:
    """Return a function that runs a workflow of these commands and returns their return codes."""

    async def run_it(*commands, stdio=None, overrides=None, files=(), config=None, **settings):
        fake = serve(*[{"command": command, "output_file_ids": [each["id"] for each in files]} for command in commands])
        server.answer("list_files", fake_workflow.page([*files]))
        server.answer("update_file", lambda call: call.body)
        server.answer("get_job", lambda _: fake.jobs[1])
        whole = {"stdio": stdio or {}, "job_stdio_overrides": overrides or {}, **(config or {})}
        fake.workflow["execution_config"] = whole
        chosen = Settings(**{"output_dir": tmp_path / "out", "num_cpus": 4, "memory_gb": 4, **settings})
        async with TorcClient(server.url) as client:
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
        return {job_id: result["return_code"] for job_id, result in fake.results.items()}

    return run_it


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[int], dict[str, bytes]]:
    """Return a function that returns the contents of the files of a job, by suffix."""

    def of(job_id):
        stem = f"job_wf1_j{job_id}_r3_a1"
        return {path.suffix: path.read_bytes() for path in (tmp_path / "out/job_stdio").glob(f"{stem}.*")}

    return of


def log_of(tmp_path):
    (path,) = (tmp_path / "out").glob("job_runner_*_wf1_r3.log")
    return path.read_text()


async def test_long_output_is_truncated_and_the_job_continues(run, kept, tmp_path):
    codes = await run(f"head -c {GIGABYTE} /dev/zero; echo done >&2; exit 7", stdio={"max_mb": 1})
    assert codes == {1: 7}
    assert kept(1) == {".o": bytes(MIB) + NOTE, ".e": b"done\n"}
    assert f'reason="{GIGABYTE - MIB} bytes are not kept"' in log_of(tmp_path)
    assert "Job output truncated workflow_id=1 job_id=1 " in log_of(tmp_path)


async def test_output_of_exactly_the_limit_is_not_truncated(run, kept, tmp_path):
    await run(f"head -c {MIB} /dev/zero", f"head -c {MIB + 1} /dev/zero", stdio={"max_mb": 1})
    assert kept(1)[".o"] == bytes(MIB)
    assert kept(2)[".o"] == bytes(MIB) + NOTE
    assert log_of(tmp_path).count("Job output truncated") == 1


async def test_the_smaller_limit_of_workflow_and_runner_counts(run, kept):
    two = f"head -c {2 * MIB} /dev/zero"
    await run(two, two, two, stdio={"max_mb": 1}, overrides={"job2": {}, "job3": {"max_mb": 9}}, max_stdio_mb=2)
    assert [len(kept(number)[".o"]) for number in (1, 2, 3)] == [MIB + len(NOTE), 2 * MIB, 2 * MIB]


async def test_both_streams_in_one_file_share_its_limit(run, kept):
    command = f"echo first; echo second >&2; head -c {MIB} /dev/zero >&2; echo lost"
    codes = await run(command, stdio={"mode": "combined", "max_mb": 1})
    start = b"first\nsecond\n"
    assert (codes, kept(1)) == ({1: 0}, {".log": start + bytes(MIB - len(start)) + NOTE})


async def test_limits_combine_with_the_other_settings_of_output(run, kept):
    commands = ("echo 1; echo 2 >&2", "echo 3; exit 3", "echo 4", "echo 5; echo 6 >&2")
    overrides = {
        "job2": {"max_mb": 1, "delete_on_success": True},
        "job3": {"max_mb": 1, "delete_on_success": True},
        "job4": {"max_mb": 1, "mode": "none"},
    }
    await run(*commands, stdio={"max_mb": 1, "mode": "no_stdout"}, overrides=overrides)
    assert [kept(number) for number in (1, 2, 3, 4)] == [{".e": b"2\n"}, {".o": b"3\n", ".e": b""}, {}, {}]


async def test_an_orphan_process_does_not_delay_the_end(run, kept):
    """The orphan process has the pipe open and writes without end."""
    codes = await run("echo mine; setsid yes & exit 3", stdio={"max_mb": 1})
    assert codes == {1: 3}
    assert len(kept(1)[".o"]) <= MIB + len(NOTE)


async def test_a_job_that_closes_its_output_continues(run, kept):
    assert await run("echo before; exec 1>&- 2>&-; exit 4", max_stdio_mb=1) == {1: 4}
    assert kept(1) == {".o": b"before\n", ".e": b""}


async def test_a_command_that_cannot_start_has_a_note_in_limited_output(run, kept):
    assert await run("true", config={"shell": "/nowhere/bash -c"}, max_stdio_mb=1) == {1: 127}
    assert b"torc-runner could not start the command" in kept(1)[".e"]


async def test_a_job_continues_when_its_output_cannot_be_written(run, kept, tmp_path):
    """RLIMIT_FSIZE has the same effect as a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        assert await run("head -c 900000 /dev/zero", max_stdio_mb=1) == {1: 0}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(kept(1)[".o"]) == 300_000
    assert 'reason="600000 bytes are not kept"' in log_of(tmp_path)


def open_files():
    gc.collect()
    return {str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}


async def test_a_reused_descriptor_is_not_closed_with_the_earlier_job(run, kept, tmp_path):
    """The pipes of the late jobs have the numbers of those that the early jobs have closed."""

    def until(*names):
        return "; ".join(f"until test -e {tmp_path / name}; do sleep 0.01; done" for name in names)

    early = [f"exec >&- 2>&-; touch {tmp_path}/early{n}; {until(f'late{n}')}" for n in range(4)]
    gates = [f"{until('early0', 'early1', 'early2', 'early3')}; sleep 0.1"] * 4
    late = [f"echo a; touch {tmp_path}/late{n}; {until('over')}; echo b" for n in range(4)]
    codes = await run(*early, *gates, *late, f"sleep 0.1; touch {tmp_path}/over", num_cpus=8, max_stdio_mb=1)
    assert set(codes.values()) == {0}
    assert [kept(number) for number in range(9, 13)] == [{".o": b"a\nb\n", ".e": b""}] * 4


async def test_no_file_is_open_after_the_runner_has_left(run):
    await run("echo 1")
    before = open_files()
    await run(*["head -c 100000 /dev/zero"] * 20, max_stdio_mb=1)
    assert not [name for name in open_files() - before if name.startswith("pipe:") or "job_stdio" in name]
    assert "torc-runner-output" not in {thread.name for thread in threading.enumerate()}


async def test_output_of_successful_jobs_only_is_deleted(run, kept):
    codes = await run("echo 1", "echo 2; echo 3 >&2; exit 3", "kill -9 $$", stdio={"delete_on_success": True})
    assert codes == {1: 0, 2: 3, 3: 137}
    assert [kept(number) for number in (1, 2, 3)] == [{}, {".o": b"2\n", ".e": b"3\n"}, {".o": b"", ".e": b""}]


async def test_the_node_is_registered_with_an_absolute_output_folder(run, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await run("echo 1", output_dir=Path("here"))
    (node,) = server.calls_of("create_compute_node")
    assert node.body["output_dir"] == str(tmp_path / "here")


async def test_the_stderr_file_names_the_missing_output_files(run, kept, tmp_path):
    (tmp_path / "there").touch()
    paths = {1: tmp_path / "there", 2: tmp_path / "missing", 3: tmp_path / "lost"}
    files = [{"id": key, "workflow_id": 1, "name": path.name, "path": str(path)} for key, path in paths.items()]
    assert await run("echo fine >&2", files=files) == {1: 1}
    words = f"torc-runner: the job ended with 0, but its output files are missing: {paths[2]}, {paths[3]}"
    assert kept(1)[".e"].decode() == f"fine\n{words}\n"
