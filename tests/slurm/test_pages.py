"""Run the pages that have commands for a cluster, and compare their output with the output that the page shows."""

from pathlib import Path

import pytest

from slurm.cluster import Cluster
from support.page_session import PageSession
from support.pages import ROOT, blocks, followed_pages
from support.processes import Place

CLUSTER_PAGES = [page for page in followed_pages() if any("cluster" in block.marks for block in blocks(page))]


@pytest.mark.parametrize("page", CLUSTER_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_print_what_the_page_shows(page: Path, place: Place, cluster: Cluster) -> None:
    place.environment["SLURM_CONF"] = cluster.environment["SLURM_CONF"]
    session = PageSession(place, with_hosts="cluster")
    try:
        for block in blocks(page):
            session.follow(block)
    finally:
        session.close()
        cluster.end_allocations()
    session.compare_background()
