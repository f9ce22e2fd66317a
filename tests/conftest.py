"""Fixtures for tests of the whole system: a working directory, a server, and reports of jobs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import Place, Reports, Server, processes_with


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A working directory. The test fails if a process with its path in the command line still runs at the end."""
    place = Place(tmp_path / "work")
    yield place
    left = processes_with(str(tmp_path))
    place.end_started()
    assert not left, f"left running: {left}"


@pytest.fixture
def server(place: Place) -> Iterator[Server]:
    """A running server with an empty database; commands that run in `place` use it."""
    with Server(place) as server:
        yield server


@pytest.fixture
def reports(place: Place) -> Iterator[Reports]:
    """A named pipe `reports` in `place`, to which jobs write."""
    reports = Reports(place.directory / "reports")
    yield reports
    reports.close()
