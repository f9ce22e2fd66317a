"""What `Slurm.submit` concludes from the end of sbatch. The programs are scripts that end as real ones rarely do."""

import os
import time
from pathlib import Path

import pytest

from torc_client.batch.slurm.programs import UnansweredError, run
from torc_client.batch.slurm.slurm import Slurm
from torc_client.batch.system import NoAnswerError, RejectedError

LISTED = "echo '7|N/A|PENDING|None|N/A|mark-1'"
ENDED_BY_SIGNAL = ["kill -INT $$", "sh -c 'kill -TERM $$'", "kill -KILL $$"]


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Write programs of Slurm. sbatch notes each call in the file `calls`."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def write(**scripts):
        for name, text in scripts.items():
            noted = f"echo {name} >> {tmp_path}/calls"
            (tmp_path / name).write_text(f"#!/bin/bash\n{noted}\n{text}\n")
            (tmp_path / name).chmod(0o755)

    return write


def submit(folder):
    return Slurm(seconds_between_tries=0).submit(folder / "script.sh", "mark-1")


def calls(folder, name):
    return (folder / "calls").read_text().split().count(name)


@pytest.mark.parametrize("end", ENDED_BY_SIGNAL)
def test_an_sbatch_that_a_signal_ended_may_have_submitted(programs, tmp_path, end):
    programs(sbatch=end, squeue=LISTED)
    assert submit(tmp_path) == "7"
    assert calls(tmp_path, "sbatch") == 1


@pytest.mark.parametrize("squeue", ["exit 0", "echo 'squeue: error: it is away' >&2; exit 1"])
def test_the_answer_stays_unknown_if_signals_end_every_sbatch(programs, tmp_path, squeue):
    programs(sbatch="kill -INT $$", squeue=squeue)
    with pytest.raises(NoAnswerError, match=r"sbatch was ended by SIGINT|squeue: it is away"):
        submit(tmp_path)


def test_an_error_of_squeue_does_not_refuse_a_request(programs, tmp_path):
    programs(
        sbatch="kill -INT $$", squeue=f"[ -e {tmp_path}/asked ] || {{ touch {tmp_path}/asked; exit 1; }}; {LISTED}"
    )
    assert submit(tmp_path) == "7"
    assert calls(tmp_path, "sbatch") == 1


def test_an_answer_without_an_id_is_a_refusal(programs, tmp_path):
    programs(sbatch="echo 'sbatch: Job 5 to start at noon' >&2", squeue="exit 0")
    with pytest.raises(RejectedError, match=r"^sbatch printed no job id: Job 5 to start at noon$"):
        submit(tmp_path)
    assert calls(tmp_path, "sbatch") == 1


def test_an_id_that_a_script_of_the_site_hides_is_found(programs, tmp_path):
    programs(sbatch="exit 0", squeue=LISTED)
    assert submit(tmp_path) == "7"


def test_the_id_is_found_among_other_lines(programs, tmp_path):
    programs(sbatch="echo 'Welcome, 3 nodes are down'; echo 'sbatch: warning: 2' >&2; echo '41;north'", squeue="exit 1")
    assert submit(tmp_path) == "41"


def test_signals_of_the_terminal_do_not_reach_sbatch(programs, tmp_path):
    """The terminal signals the processes of one session."""
    programs(sbatch='read -r _ _ _ _ group session _ < /proc/$$/stat; echo "$$ $group $session"')
    pid, group, session = run(("sbatch",)).split()
    assert pid == group == session


def test_what_a_script_of_the_site_started_does_not_submit_after_the_time_limit(programs, tmp_path):
    os.mkfifo(tmp_path / "gate")
    programs(sbatch=f"(echo $BASHPID > {tmp_path}/pid; read -r < {tmp_path}/gate); true")
    with pytest.raises(UnansweredError, match="did not answer in 2 s"):
        run(("sbatch",), 2)
    pid = int((tmp_path / "pid").read_text())
    end = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < end
        time.sleep(0.01)


def is_running(pid):
    """Whether a process can still do something."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
