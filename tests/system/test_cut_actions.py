"""Actions that the end of their runner cuts off are executed again, and finished ones are not."""

import signal

import pytest

from support.processes import Place, Reports, Server, ended_after

SPEC = """
name: actions
actions:
  - trigger_type: on_workflow_start
    action_type: run_commands
    commands: ["echo first >> ../ran"]
  - trigger_type: on_workflow_start
    action_type: run_commands
    commands:
      - "echo second >> ../ran; echo x > ../reports; [ -e ../again ] || exec sleep 600"
      - "echo third >> ../ran"
jobs:
  - {name: job, command: "echo job >> ran"}
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_action_that_was_cut_off_is_executed_again(place: Place, server: Server, reports: Reports, number):
    workflow_id = str(place.torc("create", place.file("spec.yaml", SPEC))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id)) as runner:
        reports.next(of=[runner])
        for _ in range(2 if number is signal.SIGTERM else 1):  # the second request does not wait for the action
            runner.send_signal(number)
        runner.communicate()
    place.file("again", "")
    place.run("torc", "run", workflow_id)
    assert (place.directory / "ran").read_text().split() == ["first", "second", "second", "third", "job"]
    place.run("torc", "run", workflow_id)
    assert (place.directory / "ran").read_text().split() == ["first", "second", "second", "third", "job"]
    server.stop()
    place.run("torc-server", "db", "check", "--database", server.database)
