"""Fixtures of the server's tests. Their classes are in server_builders.py."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from server_builders import Clock, World, database_in_memory
from torc_server.store.transaction import Transaction


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """A migrated database in memory."""
    with contextlib.closing(database_in_memory()) as connection:
        yield connection


@pytest.fixture
def tx(database: sqlite3.Connection) -> Transaction:
    """A transaction over the database in memory."""
    return Transaction(database)


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def world(database: sqlite3.Connection, clock: Clock) -> World:
    """A workflow without jobs."""
    return World(database, clock)
