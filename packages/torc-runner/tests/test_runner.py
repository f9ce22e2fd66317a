"""The shell around the machine, in situations that a real run does not reach."""

import logging
import os

import pytest

import runner_builders as build
from torc_client.client import TorcClient
from torc_runner.inbox import Inbox
from torc_runner.machine.events import SignalReceived
from torc_runner.machine.history import Turn
from torc_runner.machine.instructions import Claim, ClaimRequest, Launch
from torc_runner.machine.job import JobId
from torc_runner.machine.state import RunnerState
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings


async def test_an_error_in_the_machine_writes_its_latest_turns_to_the_log(serve, server, tmp_path, monkeypatch, caplog):
    serve({"command": "true", "env": {"KEY": "hidden"}})

    def fail(self, *_):
        raise ValueError("job 1: RETURNED cannot become ENDED")

    monkeypatch.setattr(RunnerState, "_exchanged", fail)
    chosen = Settings(num_cpus=1, memory_gb=1, num_gpus=0, output_dir=tmp_path)
    async with TorcClient(server.url) as client:
        with pytest.raises(ExceptionGroup):
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
    (path,) = tmp_path.glob("job_runner_*.log")
    text = path.read_text()
    assert 'Runner failed: its latest turns follow reason="job 1: RETURNED cannot become ENDED"' in text
    lines = [line for line in text.splitlines() if " Turn " in line]
    assert "Begun()" in lines[0]
    assert any("Launch(job=1" in line for line in lines)
    assert "Exchanged(" in lines[-1]
    assert "hidden" not in text


def test_a_turn_is_one_line_that_shows_ids_and_numbers():
    wanted = ClaimRequest(3, 2, offer=build.resources(2, memory_gb=1))
    turn = Turn(12.5, (build.exited(7),), [Launch(build.job(8, env={"A": "b"})), Claim(wanted, 30)])
    assert turn.line() == (
        "12.500 Exited(job_id=7, exit_code=0, is_oom_killed=False) -> "
        "Launch(job=8, place=Place(nodes=[1], devices=DeviceSet())), "
        "Claim(wanted=ClaimRequest(number=3, limit=2, prefetch=0, "
        "offer=Resources(num_cpus=2, memory_bytes=1073741824, num_gpus=0, num_nodes=1), "
        "max_chained=0), wait_seconds=30)"
    )
    assert Turn(1.0, (), []).line() == "1.000 nothing -> nothing"


async def test_one_turn_takes_all_posted_events():
    inbox, turns = Inbox(), []
    inbox.open(lambda: turns.append(inbox.take()))
    inbox.post(SignalReceived())
    inbox.post(build.exited(JobId(os.getpid())))
    assert turns == []
    inbox.turn()
    assert [len(events) for events in turns] == [2]
