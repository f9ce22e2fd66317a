"""The requests of an orchestrator, and what it derives from the answers."""

import pytest

from torc_client import AsyncOrchestrator, SpawnJobModel

EMPTY_PAGE = {"items": [], "offset": 0, "max_limit": 10_000, "count": 0, "total_count": 0, "has_more": False}


@pytest.fixture
async def orchestrator(fake_server, monkeypatch):
    for name, value in {"API_URL": fake_server.url, "WORKFLOW_ID": "7", "JOB_ID": "3", "JOB_NAME": "a.c"}.items():
        monkeypatch.setenv(f"TORC_{name}", value)
    monkeypatch.delenv("TORC_ORCHESTRATOR_LINEAGE_ID", raising=False)
    fake_server.answer("spawn_jobs", {"iteration": 2, "spawned_job_ids": [4, 5]})
    async with AsyncOrchestrator.from_env() as orchestrator:
        yield orchestrator


def states(make, **data):
    items = [make.user_data(number, name=name, data=value) for number, (name, value) in enumerate(data.items())]
    return {**EMPTY_PAGE, "items": items, "count": len(items), "total_count": len(items)}


async def test_a_job_that_was_spawned_by_hand_counts_all_rounds_of_its_lineage(
    orchestrator, fake_server, make, monkeypatch
):
    monkeypatch.setenv("TORC_ORCHESTRATOR_LINEAGE_ID", "a.c")
    names = {
        "__torc_lineage__a.c__g000002": {"step": 2},
        "__torc_lineage__a.c__g000010": {"step": 10},
        "__torc_lineage__abc__g000099": {},
        "__torc_lineage__a.c__final": {},
        "my __torc_lineage__a.c__g000077": {},
    }
    fake_server.answer("list_user_data", states(make, **names))
    assert (await orchestrator.generation(), await orchestrator.state()) == (10, {"step": 10})


async def test_the_state_is_found_in_records_of_every_server(orchestrator, fake_server, make, monkeypatch):
    monkeypatch.setenv("TORC_ORCHESTRATOR_LINEAGE_ID", "a.c")
    # Earlier servers stored the state itself, which may look alike.
    lookalike = {"generation": 9, "spawn_count": 9, "state": 1}
    for data, state in (
        ({"generation": 3, "spawn_count": 3, "state": {"step": 2}}, {"step": 2}),
        ({"generation": 3, "spawn_count": 3, "state": None}, None),
        ([1], [1]),
        (None, None),
        ({"generation": 3}, {"generation": 3}),
        (lookalike, lookalike),
    ):
        fake_server.answer("list_user_data", states(make, **{"__torc_lineage__a.c__g000003": data}))
        assert await orchestrator.state() == state


async def test_the_first_round(orchestrator, fake_server, make):
    fake_server.answer("list_user_data", EMPTY_PAGE)
    assert (await orchestrator.generation(), await orchestrator.state()) == (0, None)
    await orchestrator.spawn(["echo 1", SpawnJobModel(name="mine", command="echo 2", priority=5)], state=[1])
    assert fake_server.calls_of("spawn_jobs")[0].path == {"id": 3}
    assert fake_server.calls_of("spawn_jobs")[0].body == {
        "lineage": "a.c",
        "state": [1],
        "jobs": [{"name": "a.c_1_1", "command": "echo 1"}, {"name": "mine", "command": "echo 2", "priority": 5}],
    }


async def test_the_next_round_waits_for_all_and_is_what_this_one_is(orchestrator, fake_server, make):
    fake_server.answer("list_user_data", EMPTY_PAGE)
    fake_server.answer("get_job", make.job(3, command="./decide", priority=9, resource_requirements_id=2))
    requirements = {"id": 2, "workflow_id": 7, "name": "small"}
    fake_server.answer("get_resource_requirements", requirements)
    await orchestrator.spawn(["echo 1"], again=True)
    assert fake_server.calls_of("spawn_jobs")[0].body["jobs"][1] == {
        "name": "a.c_1",
        "command": "./decide",
        "depends_on": ["a.c_1_1"],
        "resource_requirements": "small",
        "priority": 9,
        "cancel_on_blocking_job_failure": False,
    }


async def test_the_lineage_of_the_spawning_job_continues(fake_server, orchestrator, monkeypatch):
    monkeypatch.setenv("TORC_ORCHESTRATOR_LINEAGE_ID", "older")
    async with AsyncOrchestrator.from_env(lineage_fallback="mine") as spawned:
        assert spawned.lineage == "older"
        await spawned.converge(state="done")
    assert fake_server.calls_of("spawn_jobs")[0].body == {"lineage": "older", "state": "done", "jobs": []}
    monkeypatch.delenv("TORC_ORCHESTRATOR_LINEAGE_ID")
    async with AsyncOrchestrator.from_env(lineage_fallback="mine") as first:
        assert first.lineage == "mine"


async def test_a_round_that_is_tried_again_counts_as_before(orchestrator, fake_server, make, monkeypatch):
    monkeypatch.setenv("TORC_ORCHESTRATOR_LINEAGE_ID", "a.c")
    monkeypatch.setenv("TORC_JOB_NAME", "a.c_1")
    names = {"__torc_lineage__a.c__g000001": "one", "__torc_lineage__a.c__g000002": "two"}
    fake_server.answer("list_user_data", states(make, **names))
    assert (await orchestrator.generation(), await orchestrator.state()) == (1, "one")
    await orchestrator.spawn(["true"])
    assert await orchestrator.generation() == 2
    await orchestrator.spawn(["true"])
    sent = [call.body["jobs"][0]["name"] for call in fake_server.calls_of("spawn_jobs")]
    assert sent == ["a.c_2_1", "a.c_3_1"]
