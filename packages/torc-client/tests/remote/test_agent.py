"""The agent starts, finds, watches and stops a worker of its host, with real processes."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent_host import AgentHost
from torc_client.remote.agent.condition import Condition
from torc_client.remote.agent.processes import await_end, own_identity
from torc_client.remote.agent.protocol import AgentError
from torc_client.remote.agent.start import StartResult, start
from torc_client.remote.agent.worker_folder import ReadyRecord, WorkerFolder


@pytest.fixture
def host(tmp_path: Path):
    """A host without a worker."""
    made = AgentHost(tmp_path)
    yield made
    made.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def kill(host: AgentHost) -> None:
    process = host.folder.worker().process
    os.kill(process.pid, signal.SIGKILL)
    assert await_end(process, 60)


def test_a_worker_is_started_when_the_server_has_accepted_it(host):
    result = host.start(token="torc_7_secret", tls_ca="PEM")
    assert (result.is_started, result.was_running) == (True, False)
    facts = result.facts
    assert (facts.condition, facts.compute_node_id) == (Condition.RUNNING, 5)
    assert os.getsid(facts.pid) == facts.pid
    assert Path(f"/proc/{facts.pid}/fd/0").readlink() == Path(os.devnull)
    assert Path(f"/proc/{facts.pid}/cwd").readlink() == host.home
    assert Path(facts.log).read_text() == "the runner begins\n"
    assert Path(facts.log).parent == host.home / "out"
    assert host.status().condition is Condition.RUNNING


def test_secrets_are_in_private_files_and_not_in_arguments(host):
    facts = host.start(token="torc_7_secret", tls_ca="PEM").facts
    folder = host.folder
    assert (mode(folder.path), mode(folder.token_path), mode(folder.ca_path)) == (0o700, 0o600, 0o600)
    assert folder.token_path.read_text() == "torc_7_secret\n"
    process = Path(f"/proc/{facts.pid}")
    variables = (process / "environ").read_text().split("\0")
    assert f"TORC_TOKEN_FILE={folder.token_path}" in variables
    assert f"TORC_TLS_CA_CERT={folder.ca_path}" in variables
    assert "torc_7_secret" not in (process / "cmdline").read_text() + (process / "environ").read_text()
    host.stop(wait_seconds=60)
    assert not folder.token_path.exists()
    assert not folder.ca_path.exists()


def test_a_second_start_finds_the_first_worker(host):
    first = host.start()
    second = host.start()
    assert (second.is_started, second.was_running) == (False, True)
    assert second.facts.pid == first.facts.pid


def test_of_two_starts_at_once_one_starts(host):
    body = msgspec.json.encode(host.start_request())
    with host.agent() as one, host.agent() as other:
        for each in (one, other):
            each.stdin.write(body)
            each.stdin.close()
        results = [host.answer(each.stdout.read(), StartResult) for each in (one, other)]
    for each in results:
        host._note(each.facts)
    assert sorted(each.is_started for each in results) == [False, True]
    assert {each.facts.pid for each in results} == {host.status().pid}


def test_a_worker_that_dies_at_once_has_failed_with_its_last_lines(host):
    host.environment["FAKE"] = "refused"
    result = host.start(token="torc_7_secret")
    assert (result.is_started, result.was_running) == (False, False)
    assert result.reason == "it ended with exit code 1"
    assert result.lines == ["the runner begins", "Error: Wrong user name or password."]
    assert not host.folder.token_path.exists()
    facts = host.status()
    assert (facts.condition, facts.exit_code, facts.lines) == (Condition.DIED, 1, result.lines)


def test_a_worker_that_the_server_does_not_accept_is_ended(host):
    host.environment["FAKE"] = "silent"
    result = host.start(ready_seconds=0.5)
    assert result.reason == "the server had not accepted it after 0 s, so it was ended"
    assert not result.facts.is_alive


def test_a_worker_may_end_before_the_agent_answers(host):
    host.environment["FAKE"] = "quick"
    result = host.start()
    assert result.is_started
    facts = host.status()
    assert (facts.condition, facts.exit_code) == (Condition.ENDED, 0)
    assert host.start().is_started


def test_a_worker_runs_jobs_in_a_chosen_folder(host):
    (host.home / "data").mkdir()
    facts = host.start(chdir="data").facts
    assert Path(f"/proc/{facts.pid}/cwd").readlink() == host.home / "data"
    assert facts.output_dir == str(host.home / "out")


def test_a_folder_for_jobs_must_exist(host):
    with pytest.raises(AgentError, match=r"the folder .*/home/data does not exist there"):
        host.start(chdir="~/data")
    assert host.status().condition is Condition.NONE


def test_a_worker_is_asked_to_stop_and_awaited(host):
    pid = host.start().facts.pid
    result = host.stop(wait_seconds=60)
    assert (result.was_running, result.is_gone, result.was_killed) == (True, True, False)
    assert (result.facts.condition, result.facts.exit_code, result.facts.pid) == (Condition.ENDED, 4, pid)
    assert host.stop().was_running is False


def test_a_worker_is_asked_once_and_then_killed(host):
    host.environment["FAKE"] = "stubborn"
    host.start()
    for _ in range(3):
        result = host.stop(wait_seconds=0.2)
        assert (result.facts.condition, result.facts.is_stopping, result.is_gone) == (Condition.RUNNING, True, False)
    assert (host.home / "terms").read_text() == "TERM\n"
    killed = host.stop(kills=True)
    assert (killed.is_gone, killed.was_killed, killed.facts.condition) == (True, True, Condition.DIED)
    assert (host.home / "ended_jobs").read_text() == "abc"


def test_a_killed_worker_has_died_and_can_be_started_again(host):
    first = host.start(token="torc_7_secret").facts
    kill(host)
    facts = host.status()
    assert (facts.condition, facts.exit_code, facts.lines) == (Condition.DIED, None, ["the runner begins"])
    second = host.start()
    assert second.is_started
    assert second.facts.pid != first.pid
    assert not host.folder.token_path.exists()


def test_stopping_a_killed_worker_ends_what_its_jobs_left(host):
    host.start(token="torc_7_secret")
    kill(host)
    result = host.stop()
    assert (result.was_running, result.is_gone) == (False, True)
    assert (host.home / "ended_jobs").read_text() == "abc"
    assert not host.folder.token_path.exists()


def test_children_of_a_worker_do_not_hold_its_lock(host):
    host.environment["FAKE"] = "with a child"
    host.start()
    kill(host)
    host.environment["FAKE"] = "ready"
    assert host.start().is_started


def test_a_process_that_got_the_id_of_the_worker_is_not_the_worker(host):
    host.start()
    kill(host)
    with subprocess.Popen(["sleep", "1000"]) as other:
        host.change_process(pid=other.pid)
        assert host.status().condition is Condition.DIED
        assert host.stop(kills=True).was_running is False
        assert other.poll() is None
        other.kill()


def test_after_a_restart_of_the_host_the_worker_has_died(host):
    host.start()
    kill(host)
    own = own_identity()
    host.change_process(pid=own.pid, start_ticks=own.start_ticks, boot_id="an earlier one")
    facts = host.status()
    assert (facts.condition, facts.was_restarted) == (Condition.DIED, True)
    assert host.stop(kills=True).was_running is False
    assert host.start().is_started


def test_a_zombie_does_not_run(host):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        start_ticks = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19])
        host.note_process(msgspec.structs.replace(own_identity(), pid=child.pid, start_ticks=start_ticks))
        assert host.status().condition is Condition.STARTING
        child.stdin.close()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert host.status().condition is Condition.DIED


def test_a_worker_of_another_machine_with_this_home_folder_is_left_alone(host):
    host.start()
    kill(host)
    host.change_process(boot_id="that of another machine", host="login2")
    assert host.status().condition is Condition.ELSEWHERE
    result = host.start()
    assert not result.is_started
    assert result.reason == "it was started on login2, which has the same address and home folder"
    with pytest.raises(AgentError, match="the worker was started on login2"):
        host.stop(kills=True)


def test_texts_that_are_not_names_of_folders_stay_in_the_folder_for_state(host):
    request = host.start_request()
    home = host.folder.path.parents[2]
    for text in (".", "..", "../../etc", "a/b", "x" * 1000):
        path = WorkerFolder.of(msgspec.structs.replace(request, server=text, worker=text), host.environment).path
        assert path.parents[2] == home
        assert ".." not in path.parts
        assert len(path.name) < 200


def test_a_request_of_another_version_is_refused(host):
    with host.agent() as agent:
        out, _ = agent.communicate(b'{"operation": "dance"}')
    with pytest.raises(AgentError, match="torc there cannot read the request"):
        host.answer(out, StartResult)


def test_a_start_waits_while_another_command_starts_the_worker(host, monkeypatch):
    # Without patience for a lock that no start explains.
    monkeypatch.setattr("torc_client.remote.agent.start._LOCK_SECONDS", 0)
    monkeypatch.setenv("HOME", str(host.home))
    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.syspath_prepend(host.environment["PYTHONPATH"])
    host.folder.create()
    lock = host.folder.lock()
    host.note_process(own_identity())

    def accept(_: float) -> None:
        ready = ReadyRecord(pid=os.getpid(), compute_node_id=5, runner_id="abc")
        host.folder.ready_path.write_bytes(msgspec.json.encode(ready))

    monkeypatch.setattr("torc_client.remote.agent.start.time.sleep", accept)
    result = start(host.start_request())
    os.close(lock)
    assert result.was_running
    assert result.facts.condition is Condition.RUNNING
