"""Which processes belong to a job, and what they use, with a fake /proc and with real processes."""

import os
import subprocess
import sys

import pytest

from torc_runner.machine.job import JobId
from torc_runner.sampling.process_trees import RunnerMark, Usage, measure, proportional_bytes

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
MARK = RunnerMark(runner_pid=50, marker=b"TORC_RUNNER_ID=mine")


def measured(fake_proc, **leaders):
    fake_proc.process(50, session=50, rss_pages=1000)
    return measure({JobId(int(name[1:])): pid for name, pid in leaders.items()}, MARK, fake_proc.root)


def test_a_job_is_its_session_and_all_descendants(fake_proc):
    fake_proc.process(100, parent=50, session=100, rss_pages=10, ticks=(1, 2, 3, 4))
    fake_proc.process(101, parent=100, session=100, rss_pages=20, ticks=(10, 0, 0, 0))
    fake_proc.process(102, parent=101, session=102, rss_pages=40)  # a session of its own below the job
    fake_proc.process(103, parent=102, session=102, rss_pages=80)
    fake_proc.process(104, parent=1, session=100, rss_pages=160)  # its parent is dead
    fake_proc.process(900, parent=1, session=900, rss_pages=5000)
    found = measured(fake_proc, j7=100)
    assert found == {
        7: Usage(310 * PAGE_BYTES, 20 / TICKS_A_SECOND, num_processes=5, pids=found[JobId(7)].pids),
    }
    assert set(found[JobId(7)].pids) == {100, 101, 102, 103, 104}


def test_each_process_counts_for_its_own_job(fake_proc):
    fake_proc.process(100, parent=50, session=100, rss_pages=1)
    fake_proc.process(200, parent=50, session=200, rss_pages=2)
    fake_proc.process(201, parent=200, session=200, rss_pages=2)
    found = measured(fake_proc, j1=100, j2=200)
    assert {job_id: usage.memory_bytes // PAGE_BYTES for job_id, usage in found.items()} == {1: 1, 2: 4}


def test_a_process_that_left_its_session_is_found_by_its_environment(fake_proc):
    fake_proc.process(100, parent=50, session=100, rss_pages=1)
    fake_proc.process(300, parent=50, session=300, rss_pages=2, environ="A=b\0TORC_RUNNER_ID=mine\0TORC_JOB_ID=1\0")
    fake_proc.process(301, parent=300, session=301, rss_pages=4)
    fake_proc.process(302, parent=50, session=302, rss_pages=8, environ="TORC_RUNNER_ID=other\0TORC_JOB_ID=1\0")
    fake_proc.process(303, parent=50, session=303, rss_pages=16, environ="TORC_RUNNER_ID=mine\0TORC_JOB_ID=2\0")
    fake_proc.process(304, parent=50, session=304, rss_pages=32, environ="TORC_RUNNER_ID=mine\0")
    fake_proc.process(305, parent=50, session=305, rss_pages=64, environ="TORC_RUNNER_ID=mine\0TORC_JOB_ID=none\0")
    assert measured(fake_proc, j1=100)[JobId(1)].memory_bytes == 7 * PAGE_BYTES


def test_the_cpu_time_of_zombies_counts(fake_proc):
    fake_proc.process(100, parent=50, session=100, rss_pages=1)
    fake_proc.process(101, parent=100, session=100, state="Z", ticks=(5, 5, 0, 0))
    usage = measured(fake_proc, j1=100)[JobId(1)]
    assert (usage.num_processes, usage.cpu_seconds) == (1, 10 / TICKS_A_SECOND)


def test_an_inconsistent_process_table_is_read(fake_proc):
    fake_proc.process(100, parent=50, session=100, rss_pages=1)
    fake_proc.process(400, parent=401, session=400)
    fake_proc.process(401, parent=400, session=401)
    (fake_proc.root / "500").mkdir()
    (fake_proc.root / "501").mkdir()
    (fake_proc.root / "501/stat").write_text("")
    assert measured(fake_proc, j1=100, j2=600)[JobId(1)].num_processes == 1


@pytest.mark.parametrize(("pss_kb", "expected_bytes"), [(30, 60 * 1024), (None, 12345)])
def test_shared_pages_are_divided_if_the_kernel_shows_them(fake_proc, pss_kb, expected_bytes):
    fake_proc.process(100, pss_kb=pss_kb)
    fake_proc.process(101, pss_kb=pss_kb)
    usage = Usage(12345, 0.0, 2, pids=(100, 101))
    if pss_kb:
        (fake_proc.root / "self").mkdir()
        (fake_proc.root / "self/smaps_rollup").write_text("")
    assert proportional_bytes(usage, fake_proc.root) == expected_bytes


def test_mapped_files_do_not_count(tmp_path):
    """The kernel takes their pages back when memory is short, so a job that reads a large file is not killed."""
    large = tmp_path / "large"
    large.write_bytes(b"x" * 80_000_000)
    maps = f"import mmap; f = open({str(large)!r}); held = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)"
    reads = "import sys; sum(held[::4096]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", f"{maps}; {reads}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        process.stdout.readline()
        usage = measure({JobId(1): process.pid}, RunnerMark(os.getpid(), b"none"))[JobId(1)]
        proportional = proportional_bytes(usage)
        process.stdin.close()
    assert usage.mapped_bytes > 80_000_000
    assert 0 < proportional <= usage.memory_bytes < 60_000_000


@pytest.mark.parametrize(
    ("status", "expected_bytes"),
    [
        ("VmRSS: 90 kB\nRssAnon: 5 kB\nRssFile: 70 kB\nRssShmem: 15 kB\n", (20 * 1024, 70 * 1024)),
        ("VmRSS: 40 kB\n", (10 * PAGE_BYTES, 0)),
        ("State: Z (zombie)\n", (0, 0)),
    ],
    ids=["the kernel names the kinds of pages", "it does not", "the process ends"],
)
def test_shared_memory_counts_and_mapped_files_do_not(fake_proc, status, expected_bytes):
    fake_proc.process(100, session=100, rss_pages=10, status=status)
    usage = measured(fake_proc, j1=100)[JobId(1)]
    assert (usage.memory_bytes, usage.mapped_bytes) == expected_bytes


def test_real_processes_are_measured():
    hog = "import sys; held = bytearray(80_000_000); print(flush=True); sys.stdin.read()"
    command = ["bash", "-c", f"true & {sys.executable} -c '{hog}'; true"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        process.stdout.readline()
        usage = measure({JobId(1): process.pid}, RunnerMark(os.getpid(), b"none"))[JobId(1)]
        proportional = proportional_bytes(usage)
        process.stdin.close()
    assert usage.num_processes == 2
    assert 80_000_000 < proportional <= usage.memory_bytes < 200_000_000
    assert 0 <= usage.cpu_seconds < 60
