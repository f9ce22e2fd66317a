"""The places, servers and reports that the tests of the whole work with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Place, Reports, Server, processes_with


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A directory of its own; whatever runs with it on its command line at the end was left behind, and fails."""
    place = Place(tmp_path / "work")
    yield place
    left = processes_with(str(tmp_path))
    assert not left, f"left running: {left}"


@pytest.fixture
def server(place: Place) -> Iterator[Server]:
    """A running server with an empty database; `torc` in the place knows its address."""
    with Server(place) as server:
        yield server


@pytest.fixture
def reports(place: Place) -> Iterator[Reports]:
    """A pipe called reports, in the place, for jobs to write to."""
    reports = Reports(place.directory / "reports")
    yield reports
    reports.close()
