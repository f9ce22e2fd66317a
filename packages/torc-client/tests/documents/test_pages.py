"""Pages of the documentation by topic, their sections, and the search in them."""

from pathlib import Path

import pytest

from torc_client.documents.pages import DocumentPage, PageFolder
from torc_client.documents.search import SearchIndex
from torc_client.errors import TorcError

PAGE = """<!-- Written by a tool. -->

# Retry `jobs`

Failed jobs.

## Rules

```sh
# no heading
```

### Exit codes

137

## Times

Minutes.
"""


@pytest.fixture
def folder(tmp_path: Path) -> PageFolder:
    for topic, text in {
        "README": "# Index\n",
        "how-to/retry": PAGE,
        "explanation/words": "# Words\n\nA lease ends. A retry of a job.\n",
        "tutorials/first": "# First\n\nUse `invocation_script` for the shell.\n",
    }.items():
        path = tmp_path / f"{topic}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return PageFolder(tmp_path)


def test_pages_are_in_reading_order(folder: PageFolder):
    assert list(folder.pages) == ["README", "tutorials/first", "how-to/retry", "explanation/words"]


@pytest.mark.parametrize("topic", ["how-to/retry", "retry", "torc://docs/how-to/retry", "how-to/retry.md"])
def test_a_page_is_found_by_its_topic(folder: PageFolder, topic: str):
    page = folder.page(topic)
    assert (page.topic, page.title) == ("how-to/retry", "Retry jobs")
    assert page.text.startswith("# Retry")


@pytest.mark.parametrize("topic", ["how-to/retries", "retrie"])
def test_an_unknown_topic_has_a_suggestion(folder: PageFolder, topic: str):
    with pytest.raises(TorcError) as raised:
        folder.page(topic)
    assert "how-to/retry" in str(raised.value.hint)


def test_a_topic_leads_to_no_other_file(folder: PageFolder, tmp_path: Path):
    (tmp_path.parent / "secret.md").write_text("secret")
    with pytest.raises(TorcError):
        folder.page("../secret")


def test_a_section_has_its_subsections():
    text = DocumentPage("x", PAGE).section("rules")
    assert text.startswith("## Rules")
    assert text.endswith("### Exit codes\n\n137\n\n")


def test_an_unknown_section_lists_the_known_ones():
    with pytest.raises(TorcError) as raised:
        DocumentPage("x", PAGE).section("zzz")
    assert "exit-codes" in str(raised.value.hint)


def test_headings_in_blocks_are_text():
    assert [each.heading for each in DocumentPage("x", PAGE).sections()] == [
        "",
        "Retry jobs",
        "Rules",
        "Exit codes",
        "Times",
    ]


def test_the_search_ranks_headings_and_ignores_small_words(folder: PageFolder):
    index = SearchIndex(folder.passages())
    total, found = index.find("how do I retry the jobs?", limit=10)
    assert total >= 2
    assert found[0].place == "how-to/retry#retry-jobs"
    assert {each.place.partition("#")[0] for each in found} == {"how-to/retry", "explanation/words"}


def test_the_search_finds_names_of_fields_and_phrases(folder: PageFolder):
    index = SearchIndex(folder.passages())
    assert [each.place for each in index.find("invocation_script", 5)[1]] == ["tutorials/first#first"]
    assert index.find('"lease ends"', 5)[0] == 1
    assert index.find('"ends lease"', 5)[0] == 0


def test_the_search_continues_after_an_offset(folder: PageFolder):
    index = SearchIndex(folder.passages())
    total, all_found = index.find("retry jobs", 10)
    assert [index.find("retry jobs", 1, offset)[1][0] for offset in range(total)] == all_found


@pytest.mark.parametrize("query", ["retry AND (", "NEAR(", "a:b*", "retry'; DROP", 'x" OR "y'])
def test_operators_of_the_index_are_plain_text(folder: PageFolder, query: str):
    assert SearchIndex(folder.passages()).find(query, 5)[0] < 10


@pytest.mark.parametrize("query", ["", '"', "(*)"])
def test_a_query_without_words_is_refused(folder: PageFolder, query: str):
    with pytest.raises(TorcError, match="no word"):
        SearchIndex(folder.passages()).find(query, 5)


def test_the_own_pages_answer_common_questions():
    index = SearchIndex(PageFolder().passages())
    for query, page in {
        "retry failed jobs": "how-to/retry-and-limit-jobs",
        "why does nothing run": "how-to/find-out-why-nothing-runs",
        "recover out of memory": "how-to/recover-failed-workflows",
        "parameters in specs": "reference/spec",
        "unix socket": "how-to/use-a-unix-socket",
        "which partition fits my job": "how-to/choose-a-partition",
    }.items():
        assert page in {each.place.partition("#")[0] for each in index.find(query, 5)[1]}, query
