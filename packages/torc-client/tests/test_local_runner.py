"""A runner on this machine ends with the process that started it, for any end of that process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from torc_client import local_runner
from torc_client.errors import TorcError
from torc_client.local_runner import RunnerError, run_local_runner
from torc_client.recovery.workers import LocalRunner
from torc_client.runner_exit_code import RunnerExitCode

URL = "http://127.0.0.1:1/torc-service/v1"
STARTED_BY_A_SCRIPT = f"await run_local_runner({URL!r}, None, ['7'], quiet=False)"
STARTED_BY_A_WATCH = f"await LocalRunner({URL!r}, Path('out')).provide(7); await asyncio.Event().wait()"
PARENT = """
import asyncio
from pathlib import Path
from torc_client.local_runner import run_local_runner
from torc_client.recovery.workers import LocalRunner

async def main():
    {}

asyncio.run(main())
"""


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Replace the program torc-runner by a module with this text."""

    def install(text: str) -> None:
        package = tmp_path / "torc_runner"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        monkeypatch.syspath_prepend(tmp_path)

    return install


@pytest.mark.parametrize("started", [STARTED_BY_A_SCRIPT, STARTED_BY_A_WATCH], ids=["script", "watch"])
def test_the_runner_ends_with_a_killed_parent(runner, started):
    runner("import sys, signal; print('started', file=sys.stderr, flush=True); signal.pause()")
    with subprocess.Popen([sys.executable, "-c", PARENT.format(started)], stderr=subprocess.PIPE, text=True) as parent:
        assert parent.stderr.readline() == "started\n"
        parent.kill()
        # Parent and runner share this pipe: it ends when both have ended.
        assert parent.stderr.read() == ""


async def test_the_runner_knows_that_it_ends_with_its_parent(runner, tmp_path):
    runner(
        "import pathlib; from torc_client.local_runner import ends_with_parent;"
        f"pathlib.Path({str(tmp_path / 'got')!r}).write_text(str(ends_with_parent()))"
    )
    await run_local_runner(URL, None, ["7"], quiet=False)
    assert (tmp_path / "got").read_text() == "True"
    assert not local_runner.ends_with_parent()


async def test_the_runner_gets_its_arguments_and_the_server(runner, tmp_path):
    runner(
        "import os, sys, pathlib;"
        f"pathlib.Path({str(tmp_path / 'got')!r}).write_text(' '.join([*sys.argv[1:], os.environ['TORC_API_URL']]))"
    )
    await run_local_runner(URL, None, ["7", "--num-cpus", "2"], quiet=True)
    assert (tmp_path / "got").read_text() == f"7 --num-cpus 2 {URL}"


@pytest.mark.parametrize("code", [0, 3, 4])
async def test_failed_jobs_and_a_stop_are_not_errors_of_the_runner(runner, code):
    runner(f"raise SystemExit({code})")
    await run_local_runner(URL, None, ["7"], quiet=True)


async def test_an_error_of_the_runner_is_raised_with_its_text(runner):
    runner("import sys; print('Error: There is no workflow 7.', file=sys.stderr); sys.exit(1)")
    with pytest.raises(RunnerError, match="exit code 1: There is no workflow 7"):
        await run_local_runner(URL, None, ["7"], quiet=True)


@pytest.mark.parametrize("code", [RunnerExitCode.SUCCEEDED, RunnerExitCode.FINISHED_WITH_FAILURES])
async def test_a_watch_starts_the_runner_again_after_it_did_what_it_could(runner, tmp_path, code):
    runner(f"import pathlib; pathlib.Path({str(tmp_path)!r}, 'runs').open('a').write('x'); raise SystemExit({code})")
    workers = LocalRunner(URL, tmp_path)
    for _ in range(2):
        await workers.provide(7)
        await workers._process.wait()
    assert (tmp_path / "runs").read_text() == "xx"


@pytest.mark.parametrize("is_url_in_hints", [True, False])
async def test_hints_of_a_runner_have_a_url_only_if_the_watch_was_given_one(runner, tmp_path, is_url_in_hints):
    runner(
        "import os, pathlib, sys;"
        f"pathlib.Path({str(tmp_path / 'got')!r})"
        ".write_text(str('--url' in sys.argv) + os.environ.get('TORC_API_URL', ''))"
    )
    workers = LocalRunner(URL, tmp_path, is_url_in_hints=is_url_in_hints)
    await workers.provide(7)
    await workers._process.wait()
    assert (tmp_path / "got").read_text().startswith("True" if is_url_in_hints else f"False{URL}")


async def test_a_watch_ends_when_its_runner_stopped_before_the_end(runner, tmp_path):
    runner(f"raise SystemExit({RunnerExitCode.STOPPED})")
    workers = LocalRunner(URL, tmp_path)
    await workers.provide(7)
    await workers._process.wait()
    with pytest.raises(TorcError, match="exit code 4"):
        await workers.provide(7)


def test_a_watch_needs_a_runner(monkeypatch, tmp_path):
    monkeypatch.setattr(local_runner, "_RUNNER", "torc_runner_that_is_not_installed")
    with pytest.raises(TorcError, match="not installed") as refused:
        LocalRunner(URL, tmp_path)
    assert "--find-links dist torc-runner" in refused.value.hint
