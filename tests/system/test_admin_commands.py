"""Commands for administrators and for machines without a runner, with a real server."""

import json
import signal

import pytest

from support.processes import Place, Server


def test_statements_are_run_and_recorded(place: Place, server: Server) -> None:
    place.torc("workflows", "new", "-n", "sweep")
    assert place.torc("admin", "sql", "SELECT id, name FROM workflow")["items"] == [{"id": 1, "name": "sweep"}]
    refused = place.run("torc", "admin", "sql", "DELETE FROM workflow WHERE id = 1", "--write", "-y", status=1)
    assert "use torc workflows update, reset-status or delete" in refused.stderr.replace("\n", " ")
    newest, older = place.torc("admin", "list-audit-log")["items"]
    assert (newest["sql_text"], newest["is_write"], newest["success"]) == (
        "DELETE FROM workflow WHERE id = 1", True, False,
    )  # fmt: skip
    assert (older["sql_text"], older["success"]) == ("SELECT id, name FROM workflow", True)
    assert place.torc("workflows", "get", "1")["name"] == "sweep"


@pytest.mark.parametrize("options", [[], ["--include-bodies"]], ids=["without bodies", "with bodies"])
def test_requests_are_counted_and_followed(place: Place, server: Server, options: list[str]) -> None:
    with place.start("torc", "-f", "json", "admin", "tail-api", *options) as tail:
        assert tail.stdout is not None
        # The stream has begun when it reports a request.
        seen = None
        while seen is None:
            place.run("torc", "workflows", "new", "-n", "seen")
            line = tail.stdout.readline()
            assert line, "the stream ended"
            event = json.loads(line)
            seen = event if event["path"].endswith("/workflows") and event["method"] == "POST" else None
        if options:
            assert '"name":"seen"' in seen["request_body"]["text"]
        else:
            assert not seen.get("request_body")
        tail.send_signal(signal.SIGINT)
        tail.communicate()
    answer = place.torc("admin", "api-stats", "--interval", "3600")
    assert sum(each["request_count"] for each in answer["buckets"]) >= 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_a_machine_is_recorded_until_a_signal(place: Place, number: signal.Signals) -> None:
    with place.start("torc", "monitor-node", "-o", "out", "-i", "1") as recording:
        assert recording.stderr is not None
        assert recording.stderr.readline().startswith("Recording this machine in ")
        recording.send_signal(number)
        _, said = recording.communicate()
        assert recording.returncode == 0, said
    (path,) = (place.directory / "out/resource_utilization").glob("resource_metrics_monitor_h*.db")
    assert "Recorded " in said
    assert path.stat().st_size > 0


def test_a_workflow_says_what_is_recorded(place: Place, server: Server) -> None:
    place.torc("workflows", "new", "-n", "plain")
    refused = place.run("torc", "monitor-node", "-w", "1", status=1)
    assert "Workflow 1 does not measure compute nodes." in refused.stderr
    spec = {
        "name": "measured",
        "resource_monitor": {"compute_node": {"enabled": True, "granularity": "time_series"}},
        "jobs": [{"name": "a", "command": "true"}],
    }
    place.file("spec.json", json.dumps(spec))
    workflow_id = place.torc("create", "spec.json")["workflow_id"]
    place.environment["SLURM_JOB_ID"] = "42"
    with place.start("torc", "monitor-node", "-w", str(workflow_id)) as recording:
        assert recording.stderr is not None
        recording.stderr.readline()
        recording.send_signal(signal.SIGTERM)
        recording.communicate()
        assert recording.returncode == 0
    (path,) = (place.directory / "torc_output/resource_utilization").glob("*.db")
    assert path.name.startswith(f"resource_metrics_monitor_wf{workflow_id}_h")
    assert path.name.endswith("_sl42.db")
