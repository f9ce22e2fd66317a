"""What scripts give to Torc: mistakes are errors at the call, in words of Python."""

import multiprocessing
from datetime import timedelta
from typing import Any

import pytest

import torc_client
from torc_client import ResourceRequirementsModel, Torc, UnauthorizedError
from torc_client.scripting.given import requirements_record
from torc_client.testing import Refusal

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def torc():
    with Torc(NOWHERE, retry_timeout_seconds=0) as torc:
        yield torc


@pytest.mark.parametrize("commands", ["true", b"true", ["true", 1], [["true"]]])
def test_commands_are_a_list_of_texts(torc: Torc, commands: Any):
    with pytest.raises(TypeError, match="command"):
        torc.create_workflow_from_commands("w", commands)
    with pytest.raises(TypeError, match="JobModels"):
        torc.workflow(1).add_jobs(commands)


def test_resources_are_a_dict_or_a_record():
    record = ResourceRequirementsModel(workflow_id=1, name="large", num_cpus=4)
    assert requirements_record(record) is record
    given = requirements_record({"num_cpus": 4, "memory": "8g", "runtime": timedelta(minutes=2)})
    assert given is not None
    assert (given.num_cpus, given.memory, given.runtime) == (4, "8g", "PT120S")


@pytest.mark.parametrize(("given", "question"), [({"cpus": 4}, "'num_cpus'"), ({"x": 1}, "num_cpus"), (4, "dict")])
def test_other_resources_are_an_error_with_the_names(torc: Torc, given: Any, question: str):
    with pytest.raises(TypeError, match=question):
        torc.create_workflow_from_commands("w", ["true"], requirements=given)
    with pytest.raises(TypeError, match=question):
        torc.map(abs, [1], requirements=given)


def test_too_many_positions_are_an_error_of_the_synchronous_class(torc: Torc):
    with pytest.raises(TypeError, match=r"^Workflow\.run\(\).*num_cpus=2"):
        torc.workflow(1).run(2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^Torc\.create_workflow\(\).*'spec'"):
        torc.create_workflow()  # type: ignore[call-arg]


def test_a_url_is_a_text():
    with pytest.raises(TypeError, match="8080"):
        Torc(8080)  # type: ignore[arg-type]


def test_a_server_of_a_script_begins_with_the_block():
    with pytest.raises(AttributeError, match=r"Torc\.standalone"):
        Torc.standalone().map(abs, [1])  # type: ignore[attr-defined]


def test_a_fork_of_the_process_gets_an_error(torc: Torc):
    found = multiprocessing.get_context("fork").SimpleQueue()
    process = multiprocessing.get_context("fork").Process(target=_list_in_fork, args=(torc, found))
    process.start()
    process.join()
    kind, message = found.get()
    assert (kind, str(multiprocessing.current_process().pid) in message) == ("TorcError", True)


def _list_in_fork(torc: Torc, found: Any) -> None:
    try:
        torc.list_workflows()
    except Exception as error:  # noqa: BLE001 - passed on
        found.put((type(error).__name__, str(error)))


async def test_a_refused_password_has_the_remedy_of_scripts(fake_server):
    fake_server.answer("get_job", Refusal(401, "Unauthorized"))
    async with torc_client.AsyncTorc(fake_server.url) as torc:
        with pytest.raises(UnauthorizedError) as refused:
            await torc.jobs.get_job(3)
    assert refused.value.hint is not None
    assert "Torc(url, username, password)" in refused.value.hint
    assert "--" not in refused.value.hint


def test_the_names_are_listed_and_similar_ones_named():
    assert {"Torc", "MapWorkflow"} <= set(dir(torc_client))
    assert "TYPE_CHECKING" not in dir(torc_client)
    with pytest.raises(AttributeError, match="'Workflow'"):
        torc_client.Workflows  # noqa: B018 - looked up for its error


def test_completion_offers_neither_old_names_nor_parts_that_are_no_operations(torc: Torc):
    assert {"map", "jobs", "workflows", "url"} <= set(dir(torc))
    assert not {"create", "map_function", "credentials", "is_plain", "is_standalone"} & set(dir(torc))
    assert {"diagnose", "run"} <= set(dir(torc.workflow(1)))
    assert not {"explain", "results"} & set(dir(torc.workflow(1)))
    assert "results" in dir(torc.calls(1))
    assert "values" not in dir(torc.calls(1))
