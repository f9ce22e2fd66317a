"""Labels of jobs, and of nodes as runners report them."""

import asyncio
from typing import Any

import pytest

WHOLE = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}


def ids(answer: Any) -> list[int]:
    return [job["id"] for job in answer["jobs"]]


@pytest.fixture
async def labelled(api: Any) -> Any:
    """A workflow with a job without a label, and one with the label x."""
    workflow_id = await api.workflow()
    (anybodys,) = await api.jobs(workflow_id, 1)
    (special,) = await api.jobs(workflow_id, 1, label="x")
    await api.initialize(workflow_id)
    return workflow_id, anybodys, special


async def test_a_label_is_stored_changed_and_cleared(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id, other_id) = [(await api.jobs(workflow_id, 1, label=label))[0] for label in ("x", "")]
    job = await api.ok("GET", f"/jobs/{job_id}")
    assert job["label"] == "x"
    assert "label" not in await api.ok("GET", f"/jobs/{other_id}")
    without = {name: value for name, value in job.items() if name != "label"}
    assert (await api.ok("PUT", f"/jobs/{job_id}", without))["label"] == "x", "clients that know no labels change none"
    assert (await api.ok("PUT", f"/jobs/{job_id}", {**without, "label": "y"}))["label"] == "y"
    assert "label" not in await api.ok("PUT", f"/jobs/{job_id}", {**without, "label": ""})


async def test_claims_by_resources_are_filtered_by_labels(api: Any, labelled: Any) -> None:
    workflow_id, anybodys, special = labelled
    assert ids(await api.claim(workflow_id)) == [anybodys]
    assert ids(await api.claim(workflow_id, labels=["y"])) == []
    assert ids(await api.claim(workflow_id, labels=["y", "x"])) == [special]


async def test_claims_by_count_are_filtered_by_labels(api: Any, labelled: Any) -> None:
    workflow_id, anybodys, special = labelled
    path = f"/workflows/{workflow_id}/claim_next_jobs"
    assert ids(await api.ok("POST", path)) == [anybodys]
    assert ids(await api.ok("POST", path, params=[("label", "y"), ("label", "x")])) == [special]


@pytest.mark.parametrize("offer", [{}, {"offer": WHOLE}], ids=["by count", "by resources"])
async def test_exchanges_are_filtered_by_labels(api: Any, labelled: Any, offer: Any) -> None:
    workflow_id, anybodys, special = labelled
    node_id = await api.node(workflow_id, labels=["x"])
    assert (await api.ok("GET", f"/compute_nodes/{node_id}"))["labels"] == ["x"]
    path, body = f"/workflows/{workflow_id}/report_and_claim", {"compute_node_id": node_id, "run_id": 0}
    claim = {"limit": 9, **offer}
    assert ids(await api.ok("POST", path, {**body, "claim": claim})) == [anybodys]
    assert ids(await api.ok("POST", path, {**body, "claim": {**claim, "labels": ["x"]}})) == [special]


async def test_waiting_claims_with_labels_are_not_delayed_by_claims_without(api: Any) -> None:
    workflow_id = await api.workflow()
    (first,) = await api.jobs(workflow_id, 1)
    (special,) = await api.jobs(workflow_id, 1, depends_on_job_ids=[first], label="x")
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    others = [asyncio.create_task(api.claim(workflow_id, query="?wait_seconds=30")) for _ in range(2)]
    waiting = asyncio.create_task(api.claim(workflow_id, query="?wait_seconds=30", labels=["x"]))
    await asyncio.sleep(0)
    await api.finish(workflow_id, first, await api.node(workflow_id))
    assert ids(await waiting) == [special]
    for each in others:
        each.cancel()


async def test_a_missing_label_is_explained(api: Any, labelled: Any) -> None:
    workflow_id, _, special = labelled
    await api.node(workflow_id)
    path = f"/workflows/{workflow_id}/explain"
    (reason,) = [each for each in (await api.ok("GET", path))["reasons"] if each["code"] == "no_such_label"]
    assert [job["job_id"] for job in reason["jobs"]] == [special]
    kinds = (await api.ok("GET", path, params=[("num_cpus", "4"), ("label", "x")]))["ready"]
    assert {(kind.get("label"), kind["fits"], kind["lacks_label"]) for kind in kinds} == {
        (None, True, False), ("x", True, False),
    }  # fmt: skip
