import importlib
import pkgutil
import re

import pytest

import torc_server.engine
from server_builders import World
from torc_server.engine.job_row import JobStatement
from torc_server.engine.states import Cause
from torc_server.store.statement import Statement

# Statements are declared when their module is imported.
for module in pkgutil.walk_packages(torc_server.engine.__path__, "torc_server.engine."):
    importlib.import_module(module.name)


def test_names_of_statuses_become_their_numbers():
    statement = JobStatement("SELECT 1 FROM job WHERE status IN {ACTIVE} OR status = {READY} OR status {IS_COMPLETE}")
    Statement.declared.remove(statement)
    assert statement == "SELECT 1 FROM job WHERE status IN (3, 4) OR status = 2 OR status BETWEEN 5 AND 8"


def test_an_unknown_name_fails_when_the_statement_is_declared():
    with pytest.raises(KeyError, match="REDY"):
        JobStatement("SELECT 1 FROM job WHERE status = {REDY}")


def changes_of_statuses() -> list[Statement]:
    return [each for each in Statement.declared if re.search(r"UPDATE job SET \(?status\b", each)]


def test_each_statement_that_changes_statuses_names_its_cause():
    assert len(changes_of_statuses()) > 15
    for statement in changes_of_statuses():
        assert isinstance(statement, JobStatement), statement
        assert statement.cause is not None, statement


def test_each_cause_but_that_of_record_updates_has_a_statement():
    causes = {each.cause for each in changes_of_statuses() if isinstance(each, JobStatement)}
    assert causes == set(Cause) - {Cause.DISABLE}


def test_a_change_of_status_that_the_table_does_not_list_is_refused(world: World):
    world.job("a")
    claim = next(each for each in Statement.declared if isinstance(each, JobStatement) and each.cause is Cause.CLAIM)
    wrong = JobStatement("UPDATE job SET status = {TO}", cause=claim.cause)
    Statement.declared.remove(wrong)
    with pytest.raises(AssertionError, match="CLAIM may not change uninitialized to pending"):
        world.tx.execute(wrong)
    assert world.status("a") == "uninitialized"
