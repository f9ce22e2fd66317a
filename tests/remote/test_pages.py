"""Run the pages that have commands for machines with ssh, and compare their output with the shown output."""

from pathlib import Path

import pytest

from support.page_session import PageSession
from support.pages import ROOT, blocks, followed_pages
from support.processes import Place
from support.remote_hosts import REMOTE_HOSTS, RemoteHosts

pytestmark = REMOTE_HOSTS
PAGES = [page for page in followed_pages() if any("machines" in block.marks for block in blocks(page))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_print_what_the_page_shows(page: Path, place: Place, hosts: RemoteHosts) -> None:
    # The page has the names of the machines as aliases in ~/.ssh/config.
    hosts.configure("".join(f"Host {name}\n  HostName {host.address}\n  User {host.user.name}\n"
                            for name, host in zip(("node1", "node2"), hosts.all, strict=False)))  # fmt: skip
    session = PageSession(place, with_hosts="machines")
    try:
        for block in blocks(page):
            session.follow(block)
    finally:
        session.close()
    session.compare_background()
