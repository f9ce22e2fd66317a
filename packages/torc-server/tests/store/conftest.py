"""Fixtures of the store's tests: real files."""

import pytest

from torc_server.store.migrate import migrate
from torc_server.store.writer import Writer


@pytest.fixture
def path(tmp_path):
    """A migrated database file."""
    database = tmp_path / "torc.db"
    migrate(database)
    return database


@pytest.fixture
def told():
    """What was handed on after commits, batch by batch."""
    return []


@pytest.fixture
async def writer(path, told):
    """The writer of that file."""
    writer = Writer(path, lambda signals: told.append(list(signals)))
    writer.start()
    yield writer
    await writer.close()
