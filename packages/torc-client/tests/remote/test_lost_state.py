"""Workers whose files were deleted while they run."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from agent_host import AgentHost
from torc_client.remote.agent.condition import Condition
from torc_client.remote.agent.protocol import AgentError


@pytest.fixture
def host(tmp_path: Path):
    """A host without a worker."""
    made = AgentHost(tmp_path)
    yield made
    made.close()


def test_a_worker_is_found_and_stopped_although_its_files_were_deleted(host):
    first = host.start().facts
    for _ in range(2):
        shutil.rmtree(host.home / ".local/state/torc")
        facts = host.status()
        assert (facts.pid, facts.condition) == (first.pid, Condition.STARTING)
        assert (facts.url, facts.output_dir, facts.log) == (first.url, first.output_dir, first.log)
    shutil.rmtree(host.home / ".local/state/torc")
    second = host.start()
    assert (second.is_started, second.was_running, second.facts.pid) == (False, True, first.pid)
    assert host.stop(wait_seconds=60).was_running
    assert not host.status().is_alive


def test_a_worker_is_found_although_its_files_name_another_process(host):
    first = host.start().facts
    host.change_process(pid=1)
    assert host.status().pid == first.pid
    host.change_process(pid=1)
    assert host.start().was_running
    host.change_process(pid=1)
    assert host.stop(wait_seconds=60).was_running
    assert not host.status().is_alive


def test_a_worker_whose_lock_is_held_is_not_gone(host):
    host.start()
    os.kill(host.status().pid, signal.SIGKILL)
    while (lock := host.folder.lock()) is None:
        pass  # the process still ends
    assert not host.stop().is_gone
    os.close(lock)
    assert host.stop().is_gone


def test_a_stop_that_cannot_be_noted_is_refused_with_the_remedy(host):
    pid = host.start().facts.pid
    (host.folder.path / "stop.json").mkdir()
    with pytest.raises(AgentError, match="cannot be noted") as caught:
        host.stop(wait_seconds=60)
    assert caught.value.hint == "Free some space there, or use --force."
    assert host.status().pid == pid
    assert host.stop(kills=True).is_gone


def test_a_worker_with_another_folder_is_not_found(host):
    host.start()
    host.environment["XDG_STATE_HOME"] = str(host.home / "other")
    assert host.status().condition is Condition.NONE
