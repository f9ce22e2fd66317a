import pytest

from torc_server.engine.job_row import JobStatement
from torc_server.store.statement import Statement


def test_names_of_statuses_become_their_numbers():
    statement = JobStatement("SELECT 1 FROM job WHERE status IN {ACTIVE} OR status = {READY} OR status {IS_COMPLETE}")
    Statement.declared.remove(statement)
    assert statement == "SELECT 1 FROM job WHERE status IN (3, 4) OR status = 2 OR status BETWEEN 5 AND 8"


def test_an_unknown_name_fails_when_the_statement_is_declared():
    with pytest.raises(KeyError, match="REDY"):
        JobStatement("SELECT 1 FROM job WHERE status = {REDY}")
