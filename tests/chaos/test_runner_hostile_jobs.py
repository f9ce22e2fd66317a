"""Jobs with signals, escaped processes or a full disk: their ends are recorded, and no process remains."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chaos import attempts
from support import needs
from support.processes import Place, Reports, Server, ended_after

HARMLESS = {
    signal.SIGCHLD, signal.SIGCONT, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGURG,
    signal.SIGWINCH,
}  # fmt: skip
# No core files.
DEADLY = sorted(number for number in range(1, 32) if number not in HARMLESS)
GIGABYTE = 1_000_000_000

SPEC = f"""
name: hostile
jobs:
  - name: exit_{{code:03d}}
    command: exit {{code}}
    parameters: {{code: "0:255"}}
  - name: signal_{{number:02d}}
    command: ulimit -c 0; (while kill -{{number}} $$; do sleep 0.05; done) & exec sleep 1000
    parameters: {{number: "[{",".join(map(str, DEADLY))}]"}}
  - name: daemon
    command: (sleep 1000 & sleep 1001 &) ; exit 3
  - name: escaped
    command: setsid sleep 1002 & echo $! > escaped; exit 4
  - name: escaped twice
    command: setsid bash -c 'setsid sleep 1003 & sleep 1004' & exit 5
  - name: stdout closed
    command: exec >&- 2>&-; exit 6
  - name: endless line
    command: head -c {GIGABYTE} /dev/zero; exit 7
  - name: asks nobody
    command: read -r line && exit 1; exit 8
"""
EXPECTED = {
    **{f"exit_{code:03d}": code for code in range(256)},
    **{f"signal_{number:02d}": 128 + number for number in DEADLY},
    "daemon": 3, "escaped": 4, "escaped twice": 5, "stdout closed": 6, "endless line": 7, "asks nobody": 8,
}  # fmt: skip


def test_each_end_of_a_job_is_recorded(place: Place, server: Server):
    workflow_id = attempts.create(place, SPEC)
    runner = place.run("torc", "run", workflow_id, "--max-parallel-jobs", "8", status=3)
    rows = attempts.assert_one_current_result_each(server, len(EXPECTED))
    assert {row["name"]: row["return_code"] for row in rows} == EXPECTED
    assert {row["status"] for row in rows if row["return_code"] != 0} == {attempts.FAILED}
    attempts.assert_nothing_left(place, server)
    (written,) = [path for path in place.directory.glob("torc_output/job_stdio/*.o") if path.stat().st_size > 1e6]
    assert written.stat().st_size == GIGABYTE
    written.unlink()
    assert "Traceback" not in runner.stderr


@pytest.mark.parametrize("prefix", ["", "env -i "], ids=["with environment", "without environment"])
def test_escaped_processes_end_with_their_job(place: Place, server: Server, reports: Reports, prefix: str):
    workflow_id = attempts.create(
        place,
        f"""
name: escape
jobs:
  - name: first
    command: {prefix}setsid sleep 1000 & echo $! > reports
  - name: second
    command: read -r pid < pid; [ -e /proc/$pid ] && grep -q '^State:.[^Z]' /proc/$pid/status && exit 9; exit 0
    depends_on: [first]
""",
    )
    os.mkfifo(place.directory / "pid")
    with ended_after(
        place.start("torc", "run", workflow_id, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ) as runner:
        (pid,) = reports.next(1, of=[runner])
        attempts.wait_until_gone([int(pid)])
        (place.directory / "pid").write_text(f"{pid}\n")
        assert runner.wait() == 0
    attempts.assert_all_completed(server, 2)
    attempts.assert_nothing_left(place, server)


@contextmanager
def small_disk(path: Path) -> Iterator[None]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


@needs.root()
@needs.programs("mount", "umount")
def test_no_result_is_lost_on_a_full_disk(place: Place, server: Server):
    attempts.prepare(place)
    workflow_id = attempts.create(place, attempts.spec(50, "exit 0"))
    with small_disk(place.directory / "full"):
        with (place.directory / "full" / "filler").open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(1024)):
                    pass
            except OSError:
                pass
        runner = place.run("torc", "run", workflow_id, "-o", "full")
    assert "Journal not written" in runner.stderr
    attempts.assert_all_completed(server, 50)
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)


def test_no_result_is_lost_when_the_output_folder_is_removed(
    place: Place, server: Server, reports: Reports, gate: attempts.Gate
):
    attempts.prepare(place)
    workflow_id = attempts.create(place, attempts.spec(50, "echo x > reports; read -r _ < go; echo said"))
    with ended_after(
        place.start("torc", "run", workflow_id, "-o", "out", "--max-parallel-jobs", "10", stderr=subprocess.DEVNULL)
    ) as runner:
        for _ in range(5):
            reports.next(10, of=[runner])
            shutil.rmtree(place.directory / "out")
            gate.let_pass(10)
        assert runner.wait() == 0
    attempts.assert_all_completed(server, 50)
    attempts.assert_never_two_at_once(place)
    attempts.assert_nothing_left(place, server)
