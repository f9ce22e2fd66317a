"""Fixtures of the tests of the store, with real files."""

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
def emitted():
    """The signals emitted after each commit."""
    return []


@pytest.fixture
async def writer(path, emitted):
    """The writer of the database file."""
    writer = Writer(path, lambda signals: emitted.append(list(signals)))
    writer.start()
    yield writer
    await writer.close()
