import importlib
import pkgutil
from collections import defaultdict

import pytest

import torc_server.engine
from torc_server.store.statement import Statement

for module in pkgutil.iter_modules(torc_server.engine.__path__):
    importlib.import_module(f"torc_server.engine.{module.name}")
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
WHOLE = [statement for statement in Statement.declared if statement.split()[0] in VERBS]


def test_there_are_statements_to_look_at():
    assert len(WHOLE) > 40
    assert sum(statement.hot for statement in WHOLE) > 15


@pytest.mark.parametrize("statement", WHOLE, ids=lambda statement: " ".join(statement.split()[:6]))
def test_statements_prepare_and_hot_ones_scan_no_table(statement, database):
    plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", defaultdict(lambda: None)).fetchall()
    if statement.hot:
        tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        # Aliases of tables in hot statements; what else is scanned is a list that was handed in, or a subquery.
        tables |= {"member", "waiting", "awaited", "followed", "seen", "requirements"}
        scanned = {step["detail"].split()[1] for step in plan if step["detail"].startswith("SCAN ")}
        assert not scanned & tables, [step["detail"] for step in plan]
        assert not any("AUTOMATIC" in step["detail"] for step in plan)
