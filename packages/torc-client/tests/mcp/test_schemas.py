"""What clients read about tools: short, and still enough to check an answer."""

import pytest
from mcp_types import ListToolsResult

from torc_client.mcp.schemas import shortened
from torc_client.mcp.settings import ALLOWANCES
from torc_client.testing.fake_server import FakeServer

EVERYTHING = frozenset(ALLOWANCES)
MOST_BYTES = 75_000


def schemas_in(schema, *, are_names=False):
    """Yield each schema in a schema; the names of properties are none."""
    if isinstance(schema, dict):
        if not are_names:
            yield schema
        for key, value in schema.items():
            yield from schemas_in(value, are_names=key in {"properties", "$defs"} and not are_names)
    elif isinstance(schema, list):
        for each in schema:
            yield from schemas_in(each)


async def listed(assistant) -> ListToolsResult:
    return await (await assistant(allowed=EVERYTHING)).list_tools()


async def test_all_tools_together_are_short(assistant):
    found = await listed(assistant)
    assert len(found.model_dump_json(exclude_none=True, by_alias=True).encode()) <= MOST_BYTES


async def test_schemas_have_no_titles_no_nulls_and_no_huge_limits(assistant):
    for tool in (await listed(assistant)).tools:
        for schema in (*schemas_in(tool.input_schema), *schemas_in(tool.output_schema)):
            assert not isinstance(schema.get("title"), str), tool.name
            assert schema.get("type") != "null", tool.name
            assert schema.get("maximum", 0) < 2**53, tool.name
        assert not any("default" in schema for schema in schemas_in(tool.output_schema)), tool.name


async def test_members_of_answers_keep_their_types_and_descriptions(assistant):
    tools = {tool.name: tool for tool in (await listed(assistant)).tools}
    log = tools["get_job_logs"].output_schema
    assert log["properties"]["first_line"] == {
        "type": "integer",
        "description": "The number of the first line of `output`.",
    }
    assert "first_line" not in log["required"]
    assert log["$defs"]["Untrusted"]["properties"]["notice"]["const"].startswith("Output of a job")
    rows = tools["list_jobs"].output_schema
    assert rows["properties"]["jobs"]["items"] == {"$ref": "#/$defs/JobRow"}
    assert tools["list_jobs"].input_schema["properties"]["limit"]["default"] == 50


async def test_a_member_without_value_fits_its_schema(assistant, fake_server: FakeServer):
    page = {"items": [], "offset": 0, "count": 0, "total_count": 0, "max_limit": 100_000, "has_more": False}
    fake_server.answer("list_workflows", page)
    client = await assistant()
    # The client of the protocol's package checks each answer against the schema.
    answer = await client.call_tool("list_workflows", {"filter": None, "cursor": None})
    assert not answer.is_error, answer.content[0].text
    assert answer.structured_content["workflows"] == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "integer"}),
        (
            {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]},
            {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        ({"properties": {"anyOf": {"type": "null"}}}, {"properties": {"anyOf": {"type": "null"}}}),
        ({"enum": [None, "a"]}, {"enum": [None, "a"]}),
    ],
)
def test_optional_values_have_the_schema_of_the_value(schema, expected):
    assert shortened(schema, dict) == expected
