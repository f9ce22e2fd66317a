"""Real processes: their start, their end and their output."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from torc_runner.launch.exits import Exits
from torc_runner.launch.spawn import LaunchError, spawn
from torc_runner.stdio_files import stdio_files


class Launch:
    """Starts commands and returns their exit codes."""

    def __init__(self, folder: Path) -> None:
        self.files = stdio_files(folder, 1, 2, run_id=3, attempt_id=4)

    def start(self, command: str, **environment: str):
        ended = asyncio.get_running_loop().create_future()
        environment = {"PATH": os.environ["PATH"], **environment}
        exits = Exits()

        def end(exit_code: int) -> None:
            exits.close()
            ended.set_result(exit_code)

        return spawn(["bash", "-c", command], environment, self.files, exits, end), ended

    async def run(self, command: str, **environment: str) -> int:
        return await self.start(command, **environment)[1]

    @property
    def stdout_path(self) -> Path:
        return Path(self.files.stdout)

    @property
    def stderr_path(self) -> Path:
        return Path(self.files.stderr)

    @property
    def stdout(self) -> str:
        return self.stdout_path.read_text()

    @property
    def stderr(self) -> str:
        return self.stderr_path.read_text()


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    return Launch(tmp_path)


def shows(path: Path, text: str) -> bool:
    return path.exists() and text in path.read_text()


def is_gone(pid: int) -> bool:
    """Whether a process is dead, or a zombie that waits for init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until(condition: Callable[[], bool]) -> None:
    """Poll until a condition holds that depends on other processes."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_output_goes_to_files_named_by_ids(launch, tmp_path):
    assert await launch.run("echo out; echo err >&2") == 0
    assert (tmp_path / "job_stdio/job_wf1_j2_r3_a4.o").read_text() == "out\n"
    assert (tmp_path / "job_stdio/job_wf1_j2_r3_a4.e").read_text() == "err\n"


async def test_exit_codes_are_returned(launch):
    codes = [0, 1, 2, 126, 127, 128, 143, 254, 255]
    assert [await launch.run(f"exit {code}") for code in codes] == codes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGPIPE, signal.SIGINT])
async def test_a_signal_is_returned_as_a_shell_returns_it(launch, number):
    assert await launch.run(f"ulimit -c 0; kill -{number.value} $$") == 128 + number


async def test_a_child_leads_its_own_session_and_has_no_stdin(launch):
    assert await launch.run("cat; read -r _ _ _ _ group session _ < /proc/$$/stat; echo $$ $group $session") == 0
    pid, group, session = launch.stdout.split()
    assert pid == group == session


async def test_a_child_inherits_no_descriptor_of_the_runner(launch):
    reading, writing = os.pipe()
    try:
        assert await launch.run("ls /proc/$$/fd") == 0
    finally:
        os.close(reading)
        os.close(writing)
    assert not {str(reading), str(writing)} & set(launch.stdout.split())


async def test_a_job_that_closes_its_output_continues(launch):
    assert await launch.run("exec 1>&- 2>&-; exit 4") == 4


async def test_a_job_that_ignores_term_is_killed_with_its_children(launch):
    child, ended = launch.start("trap '' TERM; sleep 600 & echo $!; wait; sleep 600")
    await until(lambda: shows(launch.stdout_path, "\n"))
    child.signal_group(signal.SIGTERM)
    child.signal_group(signal.SIGKILL)
    assert await ended == 128 + signal.SIGKILL
    await until(lambda: is_gone(int(launch.stdout)))


async def test_remaining_processes_of_the_group_are_killed_at_the_end(launch):
    assert await launch.run("sleep 600 & echo $!") == 0
    await until(lambda: is_gone(int(launch.stdout)))


async def test_the_end_of_a_job_does_not_wait_for_a_daemon(launch):
    assert await launch.run("setsid bash -c 'echo $$; exec sleep 600' & sleep 0.2; exit 3") == 3
    await until(lambda: shows(launch.stdout_path, "\n"))
    os.kill(int(launch.stdout), signal.SIGKILL)


async def test_signals_after_the_end_are_ignored(launch):
    child, ended = launch.start("true")
    await ended
    child.signal_group(signal.SIGKILL)
    child.kill_and_reap()


async def test_kill_and_reap_kills_without_calling_back(launch):
    child, ended = launch.start("sleep 600")
    child.kill_and_reap()
    assert not ended.done()
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


@pytest.mark.parametrize("name", ['it\'s "quoted"', "two\nlines", "ünïcödé ✓", "x" * 255, "../../etc", "; rm -rf /"])
async def test_names_are_passed_unchanged(launch, name):
    assert await launch.run('printf %s "$TORC_JOB_NAME"', TORC_JOB_NAME=name) == 0
    assert launch.stdout == name


async def test_a_long_output_without_a_newline(launch):
    assert await launch.run("head -c 20000000 /dev/zero") == 0
    assert launch.stdout_path.stat().st_size == 20_000_000


async def test_a_name_with_nul_is_an_error(launch, told):
    with told.raised(LaunchError):
        launch.start("true", TORC_JOB_NAME="a\0b")


async def test_a_too_long_command_is_an_error_with_a_remedy(launch, told):
    with told.raised(LaunchError):
        launch.start(":" * 3_000_000)


async def test_a_missing_bash_is_an_error(launch, told):
    with told.raised(LaunchError):
        launch.start("true", PATH="/nowhere")


async def test_a_deleted_working_directory_is_an_error(launch, tmp_path, monkeypatch, told):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with told.raised(LaunchError):
        launch.start("true")


async def test_an_output_folder_that_cannot_be_created_is_an_error(tmp_path):
    (tmp_path / "job_stdio").write_text("a file")
    with pytest.raises(LaunchError, match=r"job_wf1_j2_r3_a4\.o"):
        Launch(tmp_path).start("true")


async def test_a_link_in_place_of_an_output_file_is_replaced(launch, tmp_path):
    launch.stdout_path.parent.mkdir()
    launch.stdout_path.symlink_to(tmp_path / "elsewhere")
    await launch.run("echo output")
    assert launch.stdout_path.read_text() == "output\n"
    assert not (tmp_path / "elsewhere").exists()


async def test_a_deleted_output_folder_is_created_again(launch):
    await launch.run("true")
    for path in (launch.stdout_path, launch.stderr_path):
        path.unlink()
    launch.stdout_path.parent.rmdir()
    assert await launch.run("echo again") == 0
    assert launch.stdout == "again\n"
