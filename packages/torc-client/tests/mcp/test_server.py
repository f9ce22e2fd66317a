"""The server, driven by the client of the protocol's package, in front of a fake Torc server."""

import json

import pytest

from torc_client.mcp.settings import ALLOWANCES, McpSettings
from torc_client.mcp.tools import TOOLS
from torc_client.testing.fake_server import FakeServer, Refusal

ORIGINAL_TOOLS = {
    "get_execution_plan", "get_workflow_status", "get_workflow_summary", "get_job_details", "list_jobs_by_status",
    "list_failed_jobs", "list_results", "get_job_logs", "analyze_workflow_logs", "check_offline_journals",
    "check_resource_utilization", "analyze_resource_usage", "regroup_job_resources", "update_job_resources",
    "recover_workflow", "list_pending_failed_jobs", "classify_and_resolve_failures", "get_slurm_sacct",
    "plan_allocations",
}  # fmt: skip


def text_of(result) -> str:
    return result.content[0].text


async def test_tools_of_the_original_have_their_names(assistant):
    names = {tool.name for tool in (await (await assistant()).list_tools()).tools}
    assert names >= ORIGINAL_TOOLS


async def test_read_only_server_has_only_tools_that_read(assistant):
    client = await assistant(read_only=True, allowed=frozenset(ALLOWANCES))
    tools = (await client.list_tools()).tools
    assert tools
    assert all(tool.annotations.read_only_hint for tool in tools)
    refused = await client.call_tool("apply_plan", {"plan_id": "a"})
    assert refused.is_error
    assert "--read-only" in text_of(refused)


@pytest.mark.parametrize("word", ALLOWANCES)
async def test_word_of_allow_adds_its_tools_and_no_others(assistant, word):
    plain = {tool.name for tool in (await (await assistant()).list_tools()).tools}
    more = {tool.name for tool in (await (await assistant(allowed=frozenset({word}))).list_tools()).tools}
    assert more - plain == {tool.name for tool in TOOLS if tool.allowance == word} != set()


async def test_absent_tool_says_how_to_allow_it(assistant):
    refused = await (await assistant()).call_tool("plan_delete", {"workflow_id": 1})
    assert refused.is_error
    assert "--allow delete" in text_of(refused)


def test_tools_that_change_something_are_marked_and_plans_are_not_destructive():
    settings = McpSettings(user="ada", allowed=frozenset(ALLOWANCES))
    offered = [tool for tool in TOOLS if tool.refusal(settings) is None]
    assert len(offered) == len({tool.name for tool in TOOLS}) == len(TOOLS)
    assert [tool.name for tool in TOOLS if tool.is_destructive] == ["apply_plan"]
    assert all(not tool.reads_only for tool in TOOLS if tool.allowance)


async def test_every_tool_describes_itself_and_its_answer(assistant):
    for tool in (await (await assistant(allowed=frozenset(ALLOWANCES))).list_tools()).tools:
        assert tool.description, tool.name
        assert tool.output_schema["type"] == "object", tool.name
        assert tool.input_schema["additionalProperties"] is False, tool.name
        assert tool.annotations.title, tool.name


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({}, "workflow_id"),
        ({"workflow_id": 10**30}, "workflow_id"),
        ({"workflow_id": -1}, "workflow_id"),
        ({"workflow_id": "a" * 100_000}, "workflow_id"),
        ({"workflow_id": [1]}, "workflow_id"),
        ({"workflow_id": 1, "wrokflow": 2}, "wrokflow"),
        ({"workflow_id": 1, "status": "gone"}, "status"),
        ({"workflow_id": 1, "limit": 0}, "limit"),
        ({"workflow_id": 1, "cursor": "x"}, "cursor"),
    ],
)
async def test_wrong_arguments_are_short_errors_and_ask_nothing(
    assistant, fake_server: FakeServer, arguments: dict, word: str
):
    refused = await (await assistant()).call_tool("list_jobs", arguments)
    assert refused.is_error
    assert word in text_of(refused)
    assert len(text_of(refused)) < 5000
    assert not fake_server.calls


async def test_unknown_tool_is_an_error(assistant):
    refused = await (await assistant()).call_tool("rm_rf", {})
    assert refused.is_error
    assert "rm_rf" in text_of(refused)


async def test_error_of_the_server_is_its_sentence_without_escapes(assistant, fake_server: FakeServer):
    fake_server.answer("get_workflow_status", Refusal(404, "There is no workflow \x1b[31m7"))
    refused = await (await assistant()).call_tool("get_workflow_summary", {"workflow_id": 7})
    assert refused.is_error
    assert "There is no workflow 7" in text_of(refused)


async def test_jobs_with_hostile_names_and_long_commands_fit_an_answer(assistant, fake_server: FakeServer, make):
    jobs = [
        make.job(id=number, name=f"\x1b]0;x\x07job_{number}\u202e", command='echo "' * 3000, workflow_id=1)
        for number in range(1, 501)
    ]
    page = {"items": jobs, "offset": 0, "count": 500, "total_count": 100_002, "max_limit": 100_000, "has_more": True}
    fake_server.answer("list_jobs", page)
    client = await assistant()
    answer = await client.call_tool("list_jobs", {"workflow_id": 1, "filter": "job", "limit": 500})
    assert not answer.is_error
    assert len(text_of(answer).encode()) <= 25_000
    assert answer.structured_content == json.loads(text_of(answer))
    shown = answer.structured_content
    assert shown["total_count"] == 100_002
    assert shown["next_cursor"] == str(len(shown["jobs"]))
    assert not set("\x1b\x07\u202e") & set(shown["jobs"][0]["name"])
    await client.call_tool("list_jobs", {"workflow_id": 1, "filter": "job", "cursor": shown["next_cursor"]})
    assert fake_server.calls_of("list_jobs")[-1].query["offset"] == len(shown["jobs"])


async def test_server_that_is_away_is_a_sentence(assistant, fake_server: FakeServer):
    client = await assistant()
    await fake_server.stop()
    refused = await client.call_tool("list_workflows", {})
    assert refused.is_error
    assert "No Torc server answers" in text_of(refused)


@pytest.mark.parametrize(
    ("tool", "folder"), [("analyze_workflow_logs", "output_dir"), ("check_offline_journals", "base_dir")]
)
async def test_folder_with_a_nul_character_is_refused_by_name(assistant, fake_server: FakeServer, tool, folder):
    refused = await (await assistant()).call_tool(tool, {"workflow_id": 1, folder: "a\x00b"})
    assert refused.is_error
    assert folder in text_of(refused)
    assert not fake_server.calls
