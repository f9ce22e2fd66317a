"""Labels of jobs, and of nodes as runners report them."""

import asyncio
from typing import Any

import pytest

WHOLE = {"num_cpus": 4, "memory_gb": 8.0, "num_gpus": 0, "num_nodes": 1}
# Neither empty, nor with a comma or a blank at an end.
INVALID = ("", "a,b", " a", "a ", "\ta", "a\n")


def ids(answer: Any) -> list[int]:
    return [job["id"] for job in answer["jobs"]]


def labels(record: Any) -> tuple[Any, Any]:
    return record.get("label"), record.get("labels")


async def refused(api: Any, method: str, path: str, body: Any = None, **rest: Any) -> str:
    """Return the message of a request that is refused with status 422."""
    reply = await api.call(method, path, body, **rest)
    assert reply.status == 422, path
    return str(reply.message)


@pytest.fixture
async def labelled(api: Any) -> Any:
    """A workflow with a job without labels, one with the label x, and one with the labels x and y."""
    workflow_id = await api.workflow()
    (plain,) = await api.jobs(workflow_id, 1)
    (special,) = await api.jobs(workflow_id, 1, labels=["x"])
    (both,) = await api.jobs(workflow_id, 1, labels=["y", "x"])
    await api.initialize(workflow_id)
    return workflow_id, plain, special, both


async def test_labels_are_stored_sorted_and_once(api: Any) -> None:
    workflow_id = await api.workflow()
    new = {"workflow_id": workflow_id, "command": "true"}
    sent = [["b", "a", "b"], ["ä b", '"'], [], None]
    bodies = [{**new, "name": f"j{number}", "labels": each} for number, each in enumerate(sent)]
    answer = await api.ok("POST", "/bulk_jobs", {"jobs": bodies})
    none = (None, None)
    assert [labels(job) for job in answer["jobs"]] == [(None, ["a", "b"]), (None, ['"', "ä b"]), none, none]
    alone = await api.ok("POST", "/jobs", {**new, "name": "alone", "labels": ["x", "x"]})
    assert labels(alone) == ("x", ["x"])
    listed = (await api.ok("GET", f"/jobs?workflow_id={workflow_id}"))["items"]
    assert labels(listed[0]) == (None, ["a", "b"])


async def test_labels_are_changed_cleared_and_kept_in_any_status(api: Any) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1, labels=["x"])
    await api.initialize(workflow_id)
    (claimed,) = (await api.claim(workflow_id, labels=["x"]))["jobs"]
    assert (claimed["labels"], claimed["status"]) == (["x"], "pending")
    path = f"/jobs/{job_id}"

    async def put(**members: Any) -> tuple[Any, Any]:
        job = {name: value for name, value in (await api.ok("GET", path)).items() if name not in ("label", "labels")}
        return labels(await api.ok("PUT", path, {**job, **members}))

    assert await put() == ("x", ["x"]), "clients that know no labels change none"
    assert await put(labels=None) == ("x", ["x"])
    assert await put(labels=["z", "y"]) == (None, ["y", "z"])
    assert await put(label=None) == (None, ["y", "z"])
    assert await put(labels=[]) == (None, None)


async def test_one_label_is_another_word_for_a_set_of_one(api: Any) -> None:
    workflow_id = await api.workflow()
    new = {"workflow_id": workflow_id, "command": "true"}
    job = await api.ok("POST", "/jobs", {**new, "name": "a", "label": "x"})
    assert labels(job) == ("x", ["x"])
    assert labels(await api.ok("POST", "/jobs", {**new, "name": "b", "label": ""})) == (None, None)
    path = f"/jobs/{job['id']}"
    # Clients send the whole record, with the other word as it was.
    assert labels(await api.ok("PUT", path, {**job, "label": "y"})) == ("y", ["y"])
    assert labels(await api.ok("PUT", path, {**await api.ok("GET", path), "labels": ["b", "a"]})) == (None, ["a", "b"])
    job = await api.ok("GET", path)
    assert labels(await api.ok("PUT", path, {**job, "label": ""})) == (None, None)
    assert labels(await api.ok("PUT", path, {**job, "label": "a", "labels": ["a"]})) == ("a", ["a"])
    for method, where, body in (("POST", "/jobs", {**new, "name": "c"}), ("PUT", path, job)):
        message = await refused(api, method, where, {**body, "label": "q", "labels": ["q", "r"]})
        assert message == "label is 'q', but labels has other labels; send only one of them"


@pytest.mark.parametrize("label", INVALID)
async def test_invalid_labels_are_refused(api: Any, label: str) -> None:
    workflow_id = await api.workflow()
    (job_id,) = await api.jobs(workflow_id, 1)
    node_id = await api.node(workflow_id)
    job, node = await api.ok("GET", f"/jobs/{job_id}"), await api.ok("GET", f"/compute_nodes/{node_id}")
    wrong = {"labels": ["fine", label]}
    below = f"/workflows/{workflow_id}"
    calls = [
        ("POST", "/jobs", {**job, **wrong}),
        ("POST", "/bulk_jobs", {"jobs": [{**job, **wrong}]}),
        ("PUT", f"/jobs/{job_id}", {**job, **wrong}),
        ("POST", "/compute_nodes", {**node, **wrong}),
        ("PUT", f"/compute_nodes/{node_id}", {**node, **wrong}),
        ("POST", f"{below}/claim_jobs_based_on_resources/9", {**WHOLE, **wrong}),
        (
            "POST",
            f"{below}/report_and_claim",
            {"compute_node_id": node_id, "run_id": 0, "claim": {"limit": 9, **wrong}},
        ),
    ]
    for method, path, body in calls:
        assert f"{label!r} is not a valid label" in await refused(api, method, path, body), path
    if label and "," not in label:
        for path in (f"{below}/claim_next_jobs", f"{below}/explain"):
            method = "GET" if path.endswith("explain") else "POST"
            await refused(api, method, path, params={"labels": f"fine,{label}"})
            await refused(api, method, path, params={"label": label})
        await refused(api, "GET", "/jobs", params={"workflow_id": workflow_id, "labels": label})


@pytest.mark.parametrize("wrong", [[f"l{number}" for number in range(1001)], ["l" * 256]], ids=["many", "long"])
async def test_too_many_and_too_long_labels_are_refused(api: Any, wrong: list[str]) -> None:
    workflow_id = await api.workflow()
    new = {"workflow_id": workflow_id, "name": "j", "command": "true"}
    assert "use at most" in await refused(api, "POST", "/jobs", {**new, "labels": wrong})
    assert (await api.ok("POST", "/jobs", {**new, "labels": [label[:255] for label in wrong[:1000]]}))["labels"]


async def claim_by_count(api: Any, workflow_id: int, *labels: str, also: bool = False) -> list[int]:
    params = {"labels": ",".join(labels), "also_unlabeled": str(also).lower()}
    return ids(await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs", params=params))


async def claim_by_resources(api: Any, workflow_id: int, *labels: str, also: bool = False) -> list[int]:
    return ids(await api.claim(workflow_id, labels=list(labels), also_unlabeled=also))


async def exchange_by_count(api: Any, workflow_id: int, *labels: str, also: bool = False, **offer: Any) -> list[int]:
    node_id = await api.node(workflow_id, labels=list(labels), also_unlabeled=also)
    node = await api.ok("GET", f"/compute_nodes/{node_id}")
    assert (node.get("labels", []), node["also_unlabeled"]) == (sorted(labels), also)
    claim = {"limit": 9, "labels": list(labels), "also_unlabeled": also, **offer}
    body = {"compute_node_id": node_id, "run_id": 0, "claim": claim}
    return ids(await api.ok("POST", f"/workflows/{workflow_id}/report_and_claim", body))


async def exchange_by_resources(api: Any, workflow_id: int, *labels: str, also: bool = False) -> list[int]:
    return await exchange_by_count(api, workflow_id, *labels, also=also, offer=WHOLE)


async def test_spawned_jobs_have_labels(api: Any) -> None:
    workflow_id = await api.workflow()
    (caller,) = await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    await api.claim(workflow_id)
    await api.ok("PUT", f"/jobs/{caller}/start_job/0/{await api.node(workflow_id)}")
    path, new = f"/jobs/{caller}/spawn_jobs", {"command": "true"}
    wrong = await refused(api, "POST", path, {"jobs": [{**new, "name": "wrong", "labels": ["a,b"]}]})
    assert "'a,b' is not a valid label" in wrong
    jobs = [{**new, "name": "a", "labels": ["y", "x"]}, {**new, "name": "b", "labels": None}]
    spawned = (await api.ok("POST", path, {"jobs": jobs}))["spawned_job_ids"]
    assert [labels(await api.ok("GET", f"/jobs/{each}")) for each in spawned] == [(None, ["x", "y"]), (None, None)]


CLAIMS = [claim_by_count, claim_by_resources, exchange_by_count, exchange_by_resources]


@pytest.mark.parametrize("claim", CLAIMS)
async def test_claims_follow_the_labels(api: Any, labelled: Any, claim: Any) -> None:
    workflow_id, plain, special, both = labelled
    assert await claim(api, workflow_id, "y", "z") == []
    assert await claim(api, workflow_id, "x", "z") == [special]
    assert await claim(api, workflow_id, "x", "y") == [both]
    assert await claim(api, workflow_id, "x", "y") == []
    assert await claim(api, workflow_id) == [plain]


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_node_with_labels_can_take_other_jobs_too(api: Any, labelled: Any, claim: Any) -> None:
    workflow_id, plain, special, _ = labelled
    assert await claim(api, workflow_id, "x", also=True) == [special, plain]


async def test_labels_are_repeated_in_a_query(api: Any, labelled: Any) -> None:
    workflow_id, _, special, both = labelled
    params = [("label", "y"), ("label", "x")]
    claimed = await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs", params=params)
    assert ids(claimed) == [special, both]


async def test_lists_have_the_jobs_that_a_node_with_these_labels_could_claim(api: Any, labelled: Any) -> None:
    workflow_id, plain, special, both = labelled

    async def listed(**params: Any) -> list[int]:
        answer = await api.ok("GET", "/jobs", params={"workflow_id": workflow_id, **params})
        assert answer["total_count"] == len(answer["items"])
        return [job["id"] for job in answer["items"]]

    assert await listed() == [plain, special, both]
    assert await listed(labels="") == [plain]
    assert await listed(labels="y") == []
    assert await listed(labels="x") == [special]
    assert await listed(labels="y,z,x", status="ready") == [special, both]


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


async def test_new_labels_wake_a_waiting_claim(api: Any, labelled: Any) -> None:
    workflow_id, plain, _, _ = labelled
    waiting = asyncio.create_task(api.claim(workflow_id, query="?wait_seconds=30", labels=["other"]))
    await asyncio.sleep(0)
    job = await api.ok("GET", f"/jobs/{plain}")
    await api.ok("PUT", f"/jobs/{plain}", {**job, "labels": ["other"]})
    assert ids(await waiting) == [plain]


async def test_missing_labels_are_explained(api: Any, labelled: Any) -> None:
    workflow_id, plain, _, both = labelled
    path = f"/workflows/{workflow_id}/explain"

    async def explained(**params: Any) -> Any:
        answer = await api.ok("GET", path, params=params)
        found = {each["code"]: [job["job_id"] for job in each["jobs"]] for each in answer["reasons"]}
        return found, {(labels(kind)[0], *kind.get("labels", ()), kind["lacks_label"]) for kind in answer["ready"]}

    without_nodes = {(None, False), ("x", "x", True), (None, "x", "y", True)}
    assert await explained() == ({"no_active_nodes": []}, without_nodes)
    await api.node(workflow_id, labels=["y"])
    found, kinds = await explained()
    assert (found["only_labeled_nodes"], kinds) == ([plain], {(None, True), ("x", "x", True), (None, "x", "y", True)})
    found, kinds = await explained(num_cpus=4, labels="x,z")
    assert (found["no_such_label"], kinds) == ([both], {(None, True), ("x", "x", False), (None, "x", "y", True)})
    found, kinds = await explained(label="x", also_unlabeled="true")
    assert (found["no_such_label"], kinds) == ([both], {(None, False), ("x", "x", False), (None, "x", "y", True)})


async def test_the_status_counts_ready_jobs_by_the_labels_that_no_node_has_together(api: Any, labelled: Any) -> None:
    workflow_id, *_ = labelled

    async def unserved() -> Any:
        return (await api.ok("GET", f"/workflows/{workflow_id}/status")).get("unserved_ready_labels")

    assert await unserved() == {"x": 1, "x,y": 1}
    await api.node(workflow_id, labels=["x"])
    await api.node(workflow_id, labels=["y"])
    assert await unserved() == {"x,y": 1}
    await api.node(workflow_id, labels=["y", "z", "x"])
    assert await unserved() is None
