"""The execution plan of a spec and of the workflow created from it."""

from support.processes import EXAMPLES, Place, Server

SPEC = EXAMPLES / "word_count" / "word_count.yaml"


def test_a_spec_and_its_workflow_have_the_same_plan(place: Place, server: Server):
    offline = place.torc("--url", "http://127.0.0.1:9/torc-service/v1", "workflows", "execution-plan", SPEC)
    assert (offline["source"], offline["total_events"], offline["total_jobs"]) == ("spec_file", 4, 11)
    created = place.torc("workflows", "create", SPEC)["workflow_id"]
    online = place.torc("workflows", "execution-plan", str(created))
    assert online == {**offline, "source": "database", "workflow_id": created}
    place.torc("workflows", "initialize", str(created), "--force")
    assert place.torc("workflows", "execution-plan", str(created)) == online
    text = place.run("torc", "workflows", "execution-plan", str(created)).stdout
    assert text.startswith(
        "word_count: 11 jobs, 4 events\n\nstart: when the workflow starts\n    1 job can run: split\n"
    )


def test_an_unknown_target_is_refused(place: Place):
    refused = place.run("torc", "workflows", "execution-plan", "sweep", status=1)
    assert refused.stderr.startswith("Error: 'sweep' is neither a file nor the id of a workflow.\n")
