"""Asked once is asked: TERM, Ctrl-C and a closed terminal stop programs in order, also between two node sessions."""

import json
import signal
import subprocess

import pytest

from chaos import attempts
from support.processes import Output, Place, Reports, Server, ended_after

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COMMAND = "echo x > reports; exec sleep 1000"


def ignore_hangup() -> None:
    """Start a process as `nohup` does."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def nodes_of(place: Place, workflow_id: str) -> list[dict[str, object]]:
    return list(place.torc("compute-nodes", "list", workflow_id)["items"])


@pytest.mark.parametrize("number", STOP_SIGNALS, ids=lambda number: number.name)
def test_a_request_to_stop_that_comes_with_the_loss_of_the_lease_is_heeded(
    place: Place, server: Server, reports: Reports, number: signal.Signals
):
    attempts.prepare(place)
    workflow_id = attempts.create(place, attempts.spec(2, COMMAND))
    words = ("torc", "run", workflow_id, "--max-parallel-jobs", "1", "--lease-seconds", "1.5")
    with ended_after(place.start(*words, stderr=subprocess.STDOUT)) as runner:
        output = Output(runner.stdout)
        reports.next(1, of=[runner])
        jobs = attempts.jobs_of(place)
        runner.send_signal(signal.SIGSTOP)
        attempts.wait_until_gone(jobs)  # the watchdog has killed them: the lease is over
        runner.send_signal(number)
        runner.send_signal(signal.SIGCONT)
        text = output.finish()
        assert runner.wait() == 4, text
    assert text.count("Runner started") == 1
    assert "continues it" in text
    (node,) = nodes_of(place, workflow_id)
    assert not node["is_active"]
    attempts.assert_nothing_left(place, server)


def test_a_request_to_stop_while_a_runner_waits_to_register_is_heeded(place: Place, server: Server, reports: Reports):
    """Between two sessions the server is away: the runner waits for it, but not after a request to stop."""
    attempts.prepare(place)
    workflow_id = attempts.create(place, attempts.spec(1, COMMAND))
    words = ("torc", "run", workflow_id, "--max-parallel-jobs", "1", "--lease-seconds", "1.5")
    with ended_after(place.start(*words, stderr=subprocess.STDOUT)) as runner:
        output = Output(runner.stdout)
        reports.next(1, of=[runner])
        jobs = attempts.jobs_of(place)
        runner.send_signal(signal.SIGSTOP)
        attempts.wait_until_gone(jobs)
        server.kill()
        runner.send_signal(signal.SIGCONT)
        output.wait_for("Server away")
        runner.send_signal(signal.SIGTERM)
        text = output.finish()
        assert runner.wait() == 4, text
    assert "Asked to stop" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("program", ["torc run", "torc-runner", "torc exec"])
def test_a_closed_terminal_stops_a_runner_in_order(place: Place, server: Server, reports: Reports, program: str):
    attempts.prepare(place)
    command = "trap 'echo termed > reports; exit 0' TERM; echo $TORC_WORKFLOW_ID > reports; sleep 1000 & wait"
    words = ["-c", command] if program == "torc exec" else [attempts.create(place, attempts.spec(1, command))]
    with ended_after(place.start(*program.split(), *words, stderr=subprocess.STDOUT)) as runner:
        output = Output(runner.stdout)
        (workflow_id,) = reports.next(1, of=[runner])
        runner.send_signal(signal.SIGHUP)
        assert reports.next(1) == ["termed"]
        text = output.finish()
        assert runner.wait() == 4, text
    assert not any(node["is_active"] for node in nodes_of(place, workflow_id))
    attempts.assert_nothing_left(place, server)


def test_a_runner_under_nohup_survives_its_terminal(place: Place, server: Server, reports: Reports, gate):
    attempts.prepare(place)
    workflow_id = attempts.create(place, attempts.spec(1, "echo x > reports; read -r _ < go"))
    with ended_after(
        place.start("torc", "run", workflow_id, stderr=subprocess.STDOUT, preexec_fn=ignore_hangup)
    ) as runner:
        output = Output(runner.stdout)
        reports.next(1, of=[runner])
        runner.send_signal(signal.SIGHUP)
        gate.let_pass(1)
        text = output.finish()
        assert runner.wait() == 0, text


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_watch_that_is_stopped_stops_its_runner(
    place: Place, server: Server, reports: Reports, number: signal.Signals, code: int
):
    command = "trap 'sleep 0.5; echo orderly > end; exit 1' TERM; echo here > reports; sleep 600 & wait"
    spec = place.file("spec.json", json.dumps({"name": "long", "jobs": [{"name": "a", "command": command}]}))
    workflow_id = str(place.torc("create", spec)["workflow_id"])
    with ended_after(place.start("torc", "watch", workflow_id, "--run-here")) as watch:
        reports.next(of=[watch])
        watch.send_signal(number)
        _, err = watch.communicate()
    assert watch.returncode == code, err
    assert "Interrupted." in err
    assert "Traceback" not in err
    assert (place.directory / "end").read_text() == "orderly\n"
    assert not any(node["is_active"] for node in nodes_of(place, workflow_id))


def test_a_server_without_passwords_stops_in_order_at_hangup(place: Place):
    socket = place.directory / "torc.sock"
    with ended_after(place.start("torc-server", "run", "--socket", socket, "--database", "hangup.db")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate()
    assert process.returncode == 0
    assert "stopping" in err
    assert not socket.exists()
