"""Links lead somewhere, blocks are marked as the convention says, and every page is found from the index."""

import re
from pathlib import Path

import pytest

from support.pages import FENCE, ROOT, anchors, blocks, followed_pages, links, pages

TYPED_ALONG = (ROOT, ROOT / "docs" / "how-to", ROOT / "docs" / "tutorials")
MARKS = {
    "console": {"needs", "background", "cluster", "machines", "elsewhere", "status"},
    "yaml": {"file", "fragment"},
    "json": {"file"},
    "toml": {"file"},
    "python": {"file"},
    "sql": {"file"},
    "text": {"file"},
    "mermaid": set(),
}


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path):
    broken = []
    for link in links(page):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", followed_pages(), ids=name)
def test_blocks_are_marked_as_the_convention_says(page: Path):
    for block in blocks(page):
        assert block.language in MARKS, f"{block.place}: a block of {block.language or 'no language'}"
        assert set(block.marks) <= MARKS[block.language], f"{block.place}: {block.marks}"
        if "elsewhere" in block.marks:
            assert len(block.marks["elsewhere"]) > 10, f"{block.place}: say why it is not run"
        if block.language == "console":
            assert block.commands, f"{block.place}: no line begins with `$ `"


@pytest.mark.parametrize("page", [page for page in followed_pages() if page.parent in TYPED_ALONG], ids=name)
def test_a_page_to_type_along_names_each_file_above_its_content(page: Path):
    text, end = page.read_text(), 0
    for fence in FENCE.finditer(text):
        above, end = text[end : fence.start()], fence.end()
        named = re.search(r"\bfile=(?:home/)?(\S+)", fence["info"])
        assert named is None or named[1] in above, f"{name(page)}: say that the next block is {named[1]}:\n{above}"


def test_every_page_is_in_the_index():
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    missing = {page for page in pages() if page.is_relative_to(index.parent)} - listed - {index}
    assert not missing, f"docs/README.md does not lead to {sorted(map(name, missing))}"
