"""Clients of 0.12, 0.35 and 1.0, distinguished by their headers."""

import json
from typing import Any

import pytest

from torc_server.resources.generation import Generation
from torc_server.web.compat import OUTAGE_WORDS, generation_of

OLD_AGENTS = ["OpenAPI-Generator/v0.7.0/rust", "OpenAPI-Generator/0.7.0/python"]
NEW_AGENTS = ["OpenAPI-Generator/0.21.0/python", "torc-client/1.0", ""]


@pytest.mark.parametrize("agent", OLD_AGENTS)
def test_old_agents(agent: str) -> None:
    assert generation_of({"User-Agent": agent}) is Generation.V012
    # The Rust client of 1.0 kept the agent of 0.12, and names its user.
    assert generation_of({"User-Agent": agent, "X-Torc-Client-User": "ann"}) is Generation.V100


@pytest.mark.parametrize(
    ("agent", "generation"),
    [
        ("OpenAPI-Generator/0.21.0/python", Generation.V035),
        ("OpenAPI-Generator/0.23.0/python", Generation.V100),
        ("torc-client/1.0", Generation.OTHER),
        ("", Generation.OTHER),
    ],
)
@pytest.mark.parametrize("more", [{}, {"X-Torc-Client-User": "ann"}])
def test_other_agents(agent: str, generation: Generation, more: dict[str, str]) -> None:
    assert generation_of({"User-Agent": agent, **more}) is generation


@pytest.mark.parametrize("member", ["metadata", "resource_monitor_config", "slurm_defaults"])
@pytest.mark.parametrize("agent", [*OLD_AGENTS, *NEW_AGENTS])
async def test_json_is_text_for_old_clients_and_an_object_for_new_ones(api: Any, agent: str, member: str) -> None:
    text = '{ "b": [1, 2.50],\n "a": "ü\\"" }'
    sent: list[Any] = [text, json.loads(text)]
    for value in sent:
        workflow = await api.ok("POST", "/workflows", {"name": "w", "user": "u", member: value})
        assert workflow[member] == json.loads(text)
        headers = {"User-Agent": agent}
        answers = [
            await api.ok("GET", f"/workflows/{workflow['id']}", headers=headers),
            await api.ok("PUT", f"/workflows/{workflow['id']}", {"name": "w", "user": "u"}, headers=headers),
            (await api.ok("GET", "/workflows", headers=headers))["items"][-1],
        ]
        for answer in answers:
            if agent in NEW_AGENTS:
                assert answer[member] == json.loads(text)
            elif isinstance(value, str):
                assert answer[member] == text
            else:
                assert json.loads(answer[member]) == value


@pytest.mark.parametrize("value", ["no json", "[1]", '"text"', "5", "null", "[" * 100_000])
async def test_text_that_is_not_an_object_is_refused(api: Any, value: str) -> None:
    reply = await api.call("POST", "/workflows", {"name": "w", "user": "u", "metadata": value})
    assert reply.status == 400
    assert "metadata: must be a JSON object or the text of one" in reply.message


async def test_only_old_clients_count_runs_themselves(api: Any) -> None:
    workflow_id = await api.workflow()
    path = f"/workflows/{workflow_id}/reset_status"
    assert (await api.ok("POST", path, headers={"User-Agent": OLD_AGENTS[0]}))["run_id"] == 0
    assert (await api.ok("POST", path, headers={"User-Agent": NEW_AGENTS[0]}))["run_id"] == 1


@pytest.mark.parametrize("agent", [*OLD_AGENTS, *NEW_AGENTS])
async def test_old_clients_do_not_take_names_in_errors_for_an_outage(api: Any, agent: str) -> None:
    name = " ".join(OUTAGE_WORDS) + " Timeout"
    workflow_id = await api.workflow()
    record = await api.ok("POST", "/resource_requirements", {"workflow_id": workflow_id, "name": name})
    await api.jobs(workflow_id, 1, resource_requirements_id=record["id"])
    path = f"/resource_requirements/{record['id']}"
    reply = await api.call("DELETE", path, headers={"User-Agent": agent})
    assert reply.status == 409
    if agent in OLD_AGENTS:
        assert not any(word in reply.text.lower() for word in OUTAGE_WORDS)
        assert "ne-twork" in reply.message
    else:
        assert name in reply.message


async def test_the_version_suits_the_generation(api: Any) -> None:
    answer = await api.ok("GET", "/version")
    assert (answer["version"], answer["api_version"], answer["git_hash"]) == ("1.0.0", "0.23.0", "unknown")
    for agent in ("OpenAPI-Generator/0.21.0/python", OLD_AGENTS[0]):
        answer = await api.ok("GET", "/version", headers={"User-Agent": agent})
        assert (answer["version"], answer["api_version"]) == ("0.35.0", "0.21.0")
    assert await api.ok("GET", "/ping") == {"status": "ok"}


async def test_the_document_is_served(api: Any) -> None:
    document = await api.ok("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert "/jobs/{id}" in document["paths"]
