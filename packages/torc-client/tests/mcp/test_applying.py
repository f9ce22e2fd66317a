"""Plans that are made and applied through the protocol, with and without a question to the user."""

import pytest
from mcp_types import ElicitResult

from torc_client.testing.fake_server import FakeServer


@pytest.fixture
def archivable(fake_server: FakeServer, make) -> FakeServer:
    fake_server.answer("get_workflow_status", make.status(workflow_id=3))
    fake_server.answer("archive_workflow", make.workflow(id=3))
    return fake_server


async def planned(assistant) -> str:
    answer = await assistant.call_tool("plan_archive", {"workflow_id": 3})
    assert not answer.is_error, answer.content[0].text
    return answer.structured_content["plan_id"]


async def test_plan_is_applied_once(assistant, archivable: FakeServer):
    client = await assistant(allowed={"archive"})
    plan_id = await planned(client)
    assert not archivable.calls_of("archive_workflow")
    applied = await client.call_tool("apply_plan", {"plan_id": plan_id})
    assert not applied.is_error
    assert len(archivable.calls_of("archive_workflow")) == 1
    again = await client.call_tool("apply_plan", {"plan_id": plan_id})
    assert again.is_error
    assert len(archivable.calls_of("archive_workflow")) == 1


@pytest.mark.parametrize(
    ("result", "number"),
    [
        (ElicitResult(action="accept", content={"apply": True}), 1),
        (ElicitResult(action="accept", content={"apply": False}), 0),
        (ElicitResult(action="decline"), 0),
        (ElicitResult(action="cancel"), 0),
    ],
)
async def test_user_is_asked_where_the_client_can(assistant, archivable: FakeServer, result, number):
    questions = []

    async def ask(context, params):
        questions.append(params.message)
        return result

    client = await assistant(answers=ask, allowed={"archive"})
    applied = await client.call_tool("apply_plan", {"plan_id": await planned(client)})
    assert applied.is_error == (number == 0)
    assert "Archive workflow 3" in questions[0]
    assert len(archivable.calls_of("archive_workflow")) == number


async def test_plan_is_refused_when_the_workflow_has_changed(assistant, archivable: FakeServer, make):
    client = await assistant(allowed={"archive"})
    plan_id = await planned(client)
    archivable.answer("get_workflow_status", make.status(workflow_id=3, run_id=9))
    refused = await client.call_tool("apply_plan", {"plan_id": plan_id})
    assert refused.is_error
    assert "has changed since" in refused.content[0].text
    assert not archivable.calls_of("archive_workflow")


async def test_foreign_workflow_is_not_deleted(assistant, fake_server: FakeServer, make):
    fake_server.answer("get_workflow_status", make.status(workflow_id=3, workflow_user="grace"))
    refused = await (await assistant(allowed={"delete"})).call_tool("plan_delete", {"workflow_id": 3})
    assert refused.is_error
    assert "grace" in refused.content[0].text
