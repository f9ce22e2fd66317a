"""A workflow of an imported database of Torc 0.12 or 1.0 continues to its end, with a real server and runner."""

import pytest

from support.earlier_databases import Version, create, keep
from support.processes import Place, Server


@pytest.mark.parametrize("version", ["0.12", "1.0"])
def test_an_imported_workflow_continues_to_its_end(place: Place, version: Version) -> None:
    old = create(place.directory / "old.db", version)
    workflow_id = old.workflow("half done", run_id=2)
    needed = old.requirements(workflow_id)
    node_id = old.node(workflow_id)
    done = old.job(workflow_id, "done", 5, resource_requirements_id=needed, command="echo again >> ran")
    old.result(workflow_id, done, node_id, return_code=0, status=5, run_id=2)
    lost = old.job(workflow_id, "lost", 4, node_id=node_id, command="echo lost >> ran")
    ready = old.job(workflow_id, "ready", 2, after=(done,), command="echo ready >> ran")
    unreleased = old.job(workflow_id, "unreleased", 1, after=(done,), command="echo unreleased >> ran")
    old.job(workflow_id, "last", 1, after=(lost, ready, unreleased), command="echo last >> ran")
    old.add(
        "workflow_action", workflow_id=workflow_id, trigger_type="on_workflow_complete", action_type="run_commands",
        action_config={"commands": ["echo action >> ../ran"]},
    )  # fmt: skip
    keep(old)
    imported = place.run("torc-server", "db", "import", "old.db", "--into", "torc.db")
    assert "5 jobs" in imported.stdout
    with Server(place) as server:
        place.run("torc", "run", str(workflow_id))
        listed = place.torc("jobs", "list", str(workflow_id))["items"]
        assert {each["status"] for each in listed} == {"completed"}
        results = place.torc("results", "list", str(workflow_id))["items"]
        assert {each["run_id"] for each in results} == {2}
        server.stop()
    ran = (place.directory / "ran").read_text().split()
    assert sorted(ran[:3]) == ["lost", "ready", "unreleased"]
    assert ran[3:] == ["last", "action"]
    assert "no errors" in place.run("torc-server", "db", "check", "--database", "torc.db").stdout
