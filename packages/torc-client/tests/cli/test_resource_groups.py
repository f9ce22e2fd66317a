"""Groups of resource commands, and those that follow from the document alone."""

import pytest

from torc_client.cli import COMMANDS
from torc_client.cli import torc as torc_command
from torc_client.cli.framework import vocabulary
from torc_client.cli.framework.resource_groups import derived_groups
from torc_client.document import described


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))
    return fake_server


def page(*items):
    count = len(items)
    counts = {"offset": 0, "max_limit": 10, "count": count, "total_count": count, "has_more": False}
    return {"items": list(items), **counts}


SCHEDULER = {"id": 3, "workflow_id": 7, "name": "big", "num_cpus": 2, "memory": "4g"}
HANDLER = {"id": 4, "workflow_id": 7, "name": "again", "rules": "[]"}


async def test_a_list_with_the_workflow_in_the_query(torc, server):
    server.answer("list_local_schedulers", page(SCHEDULER))
    ended = await torc("local-schedulers", "list", "7", "--sort-by", "name", "-l", "5")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "Local schedulers of workflow 7 (sweep)"
    assert "4g" in ended.out
    assert ended.out.splitlines()[-1] == "Total: 1 local scheduler"
    query = server.calls_of("list_local_schedulers")[0].query
    assert query == {"workflow_id": 7, "sort_by": "name", "offset": 0, "limit": 5}


async def test_a_list_with_the_workflow_in_the_path(torc, server):
    server.answer("list_failure_handlers", page(HANDLER))
    server.answer("get_failure_handler", HANDLER)
    ended = await torc("-f", "json", "failure-handlers", "list", "7", "--offset", "1")
    assert ended.json == {"items": [HANDLER]}
    call = server.calls_of("list_failure_handlers")[0]
    assert (call.path, call.query) == ({"id": 7}, {"offset": 1})
    assert (await torc("-f", "json", "failure-handlers", "get", "4")).json == HANDLER


async def test_help_of_torc_lists_both_groups(torc):
    ended = await torc("--help")
    assert "failure-handlers" in ended.out
    assert "local-schedulers" in ended.out
    assert "slurm-stats" not in ended.out, "`torc slurm` has its records"


def test_a_record_type_without_an_entry_in_the_vocabulary_gets_a_group():
    known = vocabulary.TAGS - {"failure_handlers", "local_schedulers"}
    groups = derived_groups(known | {name.replace("-", "_") for name in COMMANDS if name.endswith("workflows")})
    assert {"failure-handlers", "local-schedulers"} <= set(groups)
    assert groups["local-schedulers"].short_help.startswith("Local schedulers of a workflow: create, delete")


def test_each_record_type_has_a_group():
    known = {*(name.replace("-", "_") for name in COMMANDS), *vocabulary.TAGS}
    derived = {name.replace("-", "_") for name in derived_groups(known)}
    assert not known & derived
    in_workflows = {
        operation.tag
        for operation in described().values()
        if operation.id == f"list_{operation.tag}"
        and any(part["name"] == "workflow_id" for part in operation.parameters)
    }
    # The commands for tokens are in `torc admin`.
    assert in_workflows - {"tokens"} <= known | derived
    assert "tokens" in in_workflows
    assert all(torc_command.get_command(None, name.replace("_", "-")) for name in derived)
