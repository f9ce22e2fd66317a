"""The site's hooks: the home page is the navigation, marks become titles, and nothing leads or loads from outside."""

import logging
import re
from types import SimpleNamespace
from typing import Any

import pytest

import docs_site as site
import docs_site_blocks as site_blocks
from support.pages import ROOT


def shown(markdown: str, path: str = "how-to/a.md") -> str:
    page = SimpleNamespace(file=SimpleNamespace(src_uri=path))
    text: str = site.on_page_markdown(markdown, page)
    return text


def flat(navigation: list[dict[str, Any]]) -> list[str]:
    found = []
    for entry in navigation:
        (below,) = entry.values()
        found += [below] if isinstance(below, str) else flat(below)
    return found


def test_the_navigation_has_the_four_parts_and_every_page():
    config = site.on_config(SimpleNamespace(docs_dir=str(ROOT / "docs")))
    assert [name for entry in config.nav for name in entry] == [
        *("Home", "Tutorials", "How-to pages", "Reference", "Explanation")
    ]
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(flat(config.nav)) == sorted(pages)


def test_marks_become_titles_and_are_not_shown():
    assert shown("```yaml file=a.yaml\nx: 1\n```\n") == '```yaml title="a.yaml"\nx: 1\n```\n'
    assert shown("```console status=3\n$ false\n```\n") == "```console\n$ false\n```\n"


def test_links_out_of_the_pages_become_paths():
    assert shown("see [the script](../../examples/a.py)") == "see the script (`examples/a.py`)"
    for kept in ("[b](b.md#there)", "[c](../reference/c.md)", "[here](#here)", "[web](https://example.org/)"):
        assert shown(kept) == kept


def test_links_in_blocks_are_left_alone():
    block = "```text\n[a](../../b)\n```\n"
    assert shown(block) == block


def test_what_would_be_loaded_from_elsewhere_is_told(caplog: pytest.LogCaptureFixture):
    page = SimpleNamespace(file=SimpleNamespace(src_uri="a.md"))
    with caplog.at_level(logging.WARNING):
        site.on_post_page('<a href="https://example.org/">x</a><script src="assets/a.js"></script>', page)
        assert not caplog.records
        site.on_post_page('<script async src="https://example.org/a.js"></script>', page)
    assert "a.md loads https://example.org/a.js" in caplog.text


@pytest.mark.parametrize(
    ("block", "commands"),
    [
        pytest.param("$ torc ping\nThe server is running.\n", "torc ping", id="output"),
        pytest.param("$ cd a\n$ torc run \\\n    b.yaml\nCreated\n", "cd a\ntorc run \\\n    b.yaml", id="continued"),
        pytest.param("$ echo 'ends with \\\\'\n\\\n", "echo 'ends with \\\\'", id="output-with-a-backslash"),
        pytest.param("only output\n", "", id="no-command"),
    ],
)
def test_only_commands_are_copied(block: str, commands: str):
    assert site_blocks.copied(block) == commands


def test_a_block_of_commands_says_what_is_copied():
    shown = (
        '<div class="{} highlight"><pre><span></span><code><span class="gp">$ </span>a &lt;<span>b</span>\nc\n</code>'
    )
    console = shown.format("language-console")
    marked = console.replace('highlight"', 'highlight" data-copy="a &lt;b"')
    other = shown.format("language-text")
    assert site_blocks.on_page_content(f"<p>$ x</p>{console}{other}{console}") == f"<p>$ x</p>{marked}{other}{marked}"


@pytest.mark.parametrize(("language", "first"), [("mermaid", ["../assets/mermaid.tiny.js"]), ("text", [])])
def test_only_pages_with_a_diagram_load_the_library_and_before_the_theme(language: str, first: list[str]):
    page = SimpleNamespace(file=SimpleNamespace(src_uri="how-to/a.md", dest_uri="how-to/a.html"))
    output = f'<pre class="{language}"></pre><script src="../assets/javascripts/bundle.1.js"></script>'
    loaded = re.findall(r'src="([^"]+)"', site_blocks.on_post_page(output, page))
    assert loaded == [*first, "../assets/javascripts/bundle.1.js"]
