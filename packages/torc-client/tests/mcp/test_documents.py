"""Assistants read and search the documentation and the examples, in pieces of limited size."""

import json
import re

import pytest

from mcp_calls import answer, refusal
from torc_client.documents.skills import skill
from torc_client.errors import TorcError
from torc_client.mcp.answers import MOST_BYTES
from torc_client.mcp.documents import piece_of
from torc_client.mcp.settings import ALLOWANCES


async def test_all_topics_are_listed_and_found_by_their_last_word(assistant):
    client = await assistant()
    topics = {each["topic"] for each in (await answer(client, "get_docs"))["topics"]}
    assert {"how-to/write-specs", "reference/cli", "tutorials/diamond"} <= topics
    page = await answer(client, "get_docs", topic="write-specs")
    assert page["topic"] == "how-to/write-specs"
    assert page["text"].startswith("# Write, check and convert specs")


async def test_a_long_page_is_read_completely_with_cursors(assistant):
    client = await assistant()
    pages, cursor = [], None
    while True:
        piece = await answer(client, "get_docs", topic="reference/cli", **({"cursor": cursor} if cursor else {}))
        pages.append(piece["text"])
        cursor = piece.get("next_cursor")
        if cursor is None:
            break
    assert len(pages) > 5
    whole = "".join(pages)
    assert whole.startswith("# Commands")
    assert "### torc workflows update" in whole


async def test_a_section_alone(assistant):
    client = await assistant()
    page = await answer(client, "get_docs", topic="reference/spec", section="kdl")
    assert page["text"].startswith("## KDL")
    assert "## Differences" not in page["text"]
    first = await answer(client, "get_docs", topic="reference/cli")
    assert "torc-run" in first["sections"]


async def test_the_search_leads_to_a_section_that_get_docs_reads(assistant):
    client = await assistant()
    found = await answer(client, "search_docs", query="retry failed jobs with exit codes", limit=3)
    assert len(found["results"]) == 3
    best = found["results"][0]
    assert best["topic"] == "how-to/retry-and-limit-jobs"
    page = await answer(client, "get_docs", topic=best["topic"], section=best["section"])
    assert page["text"]
    more = await answer(client, "search_docs", query="retry failed jobs with exit codes", cursor=found["next_cursor"])
    assert more["results"][0] not in found["results"]


async def test_examples_are_found_listed_and_read_in_all_formats(assistant):
    client = await assistant()
    listed = (await answer(client, "list_examples"))["examples"]
    assert {"word_count", "sweep", "hello_world"} <= {each["name"] for each in listed}
    for chosen in ("yaml", "json", "json5", "kdl"):
        example = await answer(client, "get_example", name="word_count", format=chosen)
        assert (example["format"], "count.py" in example["files"]) == (chosen, True)
    document = await answer(client, "get_example", name="sweep", format="json")
    assert json.loads(document["text"])["name"]
    script = await answer(client, "get_example", name="word_count", file="split.py")
    assert "import" in script["text"]
    assert "no file" in await refusal(client, "get_example", name="word_count", file="../sweep/sweep.yaml")


async def test_unknown_names_have_suggestions(assistant):
    client = await assistant()
    assert "how-to/write-specs" in await refusal(client, "get_docs", topic="how-to/write-spec")
    assert "word_count" in await refusal(client, "get_example", name="wordcount")
    assert "no word" in await refusal(client, "search_docs", query="???")
    assert "ends before" in await refusal(client, "get_docs", topic="diamond", cursor="99999999")


async def test_other_folders(assistant, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/site.md").write_text("# Our site\n\nThe partition is named zebra.\n")
    client = await assistant(docs_dir=tmp_path / "docs")
    assert [each["topic"] for each in (await answer(client, "get_docs"))["topics"]] == ["site"]
    assert (await answer(client, "search_docs", query="zebra"))["results"][0]["topic"] == "site"


async def test_pages_and_examples_are_resources(assistant):
    client = await assistant()
    resources = (await client.list_resources()).resources
    addresses = {str(each.uri) for each in resources}
    assert {"torc://docs/how-to/write-specs", "torc://examples/word_count"} <= addresses
    contents = (await client.read_resource("torc://docs/how-to/write-specs")).contents
    assert contents[0].text.startswith("# Write, check")
    example = (await client.read_resource("torc://examples/word_count")).contents
    assert "count_{part:02d}" in example[0].text
    long = (await client.read_resource("torc://docs/reference/cli")).contents[0].text
    assert len(long.encode()) < MOST_BYTES
    assert "get_docs with topic 'reference/cli'" in long


async def test_prompts_and_the_skill_name_only_tools_that_exist(assistant):
    client = await assistant(allowed=frozenset(ALLOWANCES))
    tools = {each.name for each in (await client.list_tools()).tools}
    prompts = {each.name for each in (await client.list_prompts()).prompts}
    assert prompts == {"debug_workflow", "right_size", "write_spec", "port_from_snakemake", "port_from_bash"}
    for name, arguments in (("debug_workflow", {"workflow_id": "7"}), ("right_size", {"workflow_id": "7"})):
        text = (await client.get_prompt(name, arguments)).messages[0].content.text
        named = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text)) - {"resource_requirements"}
        assert "workflow 7" in text
        assert named
        assert named <= tools
    rows = re.findall(r"^\|.*\|(.*)\|$", skill("torc").files["references/tools.md"], re.MULTILINE)
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", " ".join(rows))) - {"filter", "sort_by"}
    assert {"apply_plan", "plan_delete", "wait"} <= named
    assert named <= tools


async def test_a_port_has_the_rules_of_the_skill(assistant):
    client = await assistant()
    text = (await client.get_prompt("port_from_snakemake", {"snakefile": "Snakefile"})).messages[0].content.text
    assert "validate_spec" in text
    assert "| Snakemake | Torc |" in text


def test_a_piece_has_whole_lines_and_long_lines_are_cut():
    text = "one\ntwo\nthree\n"
    assert piece_of(text, 0, 16).text == "one\ntwo\n"
    assert piece_of(text, 8, 16).next_offset is None
    long = "é" * 1000
    pieces, offset = [], 0
    while offset is not None:
        piece = piece_of(long, offset, 100)
        pieces.append(piece.text)
        offset = piece.next_offset
    assert "".join(pieces) == long
    with pytest.raises(TorcError):
        piece_of(long, 1000)
