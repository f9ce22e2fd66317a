"""Run every command that a page shows, in order, and compare its output with the output that the page shows.

Each page has a directory and a home of its own.
"""

import sys
from pathlib import Path

import pytest

from support import needs
from support.page_session import PageSession
from support.pages import ROOT, blocks, followed_pages
from support.processes import Place

RUN_PAGES = [page for page in followed_pages() if any(block.language == "console" for block in blocks(page))]


@pytest.mark.parametrize("page", RUN_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_print_what_the_page_shows(page: Path, place: Place):
    assert Path(sys.executable).with_name("torc").exists()
    session = PageSession(place)
    try:
        for block in blocks(page):
            session.follow(block)
    finally:
        session.close()
    session.compare_background()
    for program in session.missing:
        needs.program(program)
