"""Processes are frozen before they are killed, wherever a job has hidden them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support import needs
from torc_runner.launch.killing import Targets, end_all
from torc_runner.launch.launches import Launches
from torc_runner.launch.marks import marked

MARKER = f"TORC_RUNNER_ID=killing-{os.getpid()}"
NUM_PAIRS = 40


def state_of(pid: int) -> str:
    """Return the state of a process, or "" if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_alive(pid: int) -> bool:
    return state_of(pid) not in {"", "Z", "X"}


def marked_by(launches: Launches) -> list[int]:
    """Return the live processes of the first launch."""
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if launches.number_of(pid) == 1 and is_alive(pid)]


@pytest.fixture
def launches() -> Launches:
    return Launches(MARKER)


@pytest.fixture
def start(launches: Launches) -> Iterator[Callable[..., tuple[subprocess.Popen[str], list[int]]]]:
    """Start a command as a launch. Return its process, and the numbers on its first line."""
    processes: list[subprocess.Popen[str]] = []

    def start_one(*arguments: str) -> tuple[subprocess.Popen[str], list[int]]:
        with marked(launches.mark_of(launches.begin())):
            process = subprocess.Popen(arguments, start_new_session=True, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return process, [int(word) for word in process.stdout.readline().split()]

    yield start_one
    end_all(Targets(MARKER.encode(), launches=None))
    for process in processes:
        process.communicate()


@pytest.fixture
def cgroup() -> Iterator[Path]:
    """A control group of its own."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    folders = [Path(folder, f"torc-test-{os.getpid()}") for _, folder, kind, *_ in mounts if kind == "cgroup2"]
    if not folders:
        needs.skip_without("control groups")
    try:
        folders[0].mkdir()
    except OSError:
        needs.skip_without("control groups")
    yield folders[0]
    folders[0].rmdir()


def test_no_parent_continues_after_the_end_of_its_child(start, tmp_path):
    pairs = f"for i in {{1..{NUM_PAIRS}}}; do (sleep 1000; echo $i >> {tmp_path}/ran) & done; echo $$; wait"
    process, _ = start("bash", "-c", pairs)
    end_all(Targets(leaders=frozenset({process.pid})))
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "ran").exists()


def test_a_job_that_starts_processes_all_the_time_ends(start, launches):
    storm = "echo $$; while :; do sleep 1000 & setsid sleep 1000 & done"
    process, _ = start("bash", "-c", storm)
    end_all(Targets(launches.marker, launches=frozenset({1})))
    assert process.wait() == -signal.SIGKILL
    assert not marked_by(launches)


def test_a_chain_of_processes_that_start_a_successor_and_end_ends(start, launches):
    # A chain that is not ended would use the machine for ever, so it ends by itself.
    step = "  if os.fork(): os._exit(0)\n  os.setsid(); time.sleep(0.002)"
    chain = f"import os, time\nprint(os.getpid(), flush=True)\nend = time.time() + 60\nwhile time.time() < end:\n{step}"
    process, _ = start("env", "-i", sys.executable, "-c", chain)
    process.wait()
    end_all(Targets(MARKER.encode(), launches=None))
    assert marked_by(launches) == []


@pytest.mark.parametrize("hidden", ["env -i setsid", "setsid bash -c 'env -i setsid sleep 1001 & exec sleep 1000' #"])
def test_a_process_without_environment_session_and_parent_is_found(start, launches, hidden):
    process, (pid,) = start("bash", "-c", f"({hidden} sleep 1000\n) > /dev/null 2>&1 & echo $$")
    assert process.pid == pid
    process.wait()
    while not (left := marked_by(launches)):
        pass
    end_all(Targets(launches.marker, launches=None))
    assert not any(map(is_alive, left))
    assert not marked_by(launches)


def test_a_launch_ends_alone(start, launches):
    first, _ = start("bash", "-c", "echo 1; exec sleep 1000")
    second, _ = start("bash", "-c", "echo 1; exec sleep 1000")
    end_all(Targets(launches.marker, launches=frozenset({2})))
    assert second.wait() == -signal.SIGKILL
    assert first.poll() is None


def test_a_stopped_process_and_one_without_main_thread_end(start):
    stopped, _ = start("bash", "-c", "echo 1; kill -STOP $$; exit 3")
    threads = "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(1000,)).start(); print(1)"
    headless, _ = start(sys.executable, "-uc", f"{threads}; ctypes.CDLL(None).pthread_exit(None)")
    while state_of(headless.pid) != "Z" or state_of(stopped.pid) != "T":
        pass
    end_all(Targets(leaders=frozenset({stopped.pid, headless.pid})))
    assert stopped.wait() == headless.wait() == -signal.SIGKILL


def test_the_processes_of_a_control_group_end(start, cgroup, tmp_path):
    pairs = f"for i in {{1..{NUM_PAIRS}}}; do (sleep 1000; echo $i >> {tmp_path}/ran) & done; echo $$; wait"
    process, _ = start("bash", "-c", f"echo 0 > {cgroup}/cgroup.procs; {pairs}")
    end_all(Targets(groups=(str(cgroup),)))
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "ran").exists()
    assert (cgroup / "cgroup.procs").read_text() == ""


@pytest.mark.parametrize("limit", [1000, None], ids=["limited", "unlimited"])
def test_the_limit_of_this_process_is_restored(launches, limit):
    program = (
        "import resource as r, sys; from torc_runner.launch.launches import Launches;"
        "from torc_runner.launch.marks import marked; limit = int(sys.argv[1]);"
        "r.setrlimit(r.RLIMIT_RTTIME, (limit, limit)); launches = Launches('x');"
        "print(launches.are_marked, r.getrlimit(r.RLIMIT_RTTIME) == (limit, limit))"
    )
    printed = subprocess.check_output([sys.executable, "-c", program, str(-1 if limit is None else limit)], text=True)
    assert printed.split() == [str(limit is None), "True"]


def test_a_runner_that_is_stopped_while_it_starts_a_job_is_not_killed_by_its_watchdog(launches):
    program = (
        "import subprocess, sys; from torc_runner.launch.marks import marked\n"
        "watchdog = 'import sys; from torc_runner.launch.killing import Targets, end_all;'"
        "'end_all(Targets(sys.argv[1].encode(), launches=None))'\n"
        "with marked(int(sys.argv[2])):\n"
        "    subprocess.run([sys.executable, '-c', watchdog, sys.argv[1]], check=True)\n"
        "print('alive')"
    )
    mark = str(launches.mark_of(launches.begin()))
    printed = subprocess.check_output([sys.executable, "-c", program, MARKER, mark], text=True)
    assert printed == "alive\n"
