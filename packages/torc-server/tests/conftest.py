"""Fixtures of the server's tests; what they build with is in builders.py."""

import contextlib
import importlib.util
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from torc_server.store.transaction import Transaction

if TYPE_CHECKING:
    import builders as builders_module


def _load_builders() -> ModuleType:
    """Import builders.py by its path: test folders are no packages."""
    name = "torc_server_test_builders"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("builders.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def builders() -> ModuleType:
    """The module of builders, for tests that make several worlds."""
    return _load_builders()


@pytest.fixture
def database(builders: ModuleType) -> Iterator[sqlite3.Connection]:
    """A migrated database in memory."""
    with contextlib.closing(builders.database_in_memory()) as connection:
        yield connection


@pytest.fixture
def tx(database: sqlite3.Connection) -> Transaction:
    """A transaction over the database in memory."""
    return Transaction(database)


@pytest.fixture
def clock(builders: ModuleType) -> "builders_module.Clock":
    """A time that moves when told to."""
    return builders.Clock()  # type: ignore[no-any-return]


@pytest.fixture
def world(
    builders: ModuleType, database: sqlite3.Connection, clock: "builders_module.Clock"
) -> "builders_module.World":
    """One workflow, to be filled with jobs."""
    return builders.World(database, clock)  # type: ignore[no-any-return]
