"""The synchronous client, used as in scripts: in a thread without an event loop."""

import asyncio
import gc
import threading
import traceback
from pathlib import Path

import pytest

from torc_client import NotFoundError, ServerUnreachableError, Torc, TorcError, UnprocessableError
from torc_client.testing import Refusal


async def in_script(fake_server, script):
    """Run a function of a Torc in a thread, while the fake server answers here."""

    def run():
        with Torc(fake_server.url) as torc:
            return script(torc)

    return await asyncio.to_thread(run)


async def test_operations_are_synchronous_methods(fake_server, make):
    fake_server.answer("get_job", make.job(3))
    assert (await in_script(fake_server, lambda torc: torc.jobs.get_job(3))).name == "job3"


async def test_errors_arrive(fake_server):
    fake_server.answer("get_job", Refusal(404, "there is no job 3"))
    with pytest.raises(NotFoundError, match="there is no job 3"):
        await in_script(fake_server, lambda torc: torc.jobs.get_job(3))


async def test_the_traceback_of_an_error_has_no_frames_of_the_library_below_the_wrapper(fake_server):
    fake_server.answer("get_job", Refusal(404, "there is no job 3"))
    with pytest.raises(NotFoundError) as failed:
        await in_script(fake_server, lambda torc: torc.jobs.get_job(3))
    names = [Path(frame.filename).name for frame in traceback.extract_tb(failed.value.__traceback__)]
    assert names[names.index("test_sync.py", 2) :] == [
        "test_sync.py",
        "test_sync.py",
        "sync.py",
        "sync_wrapper.py",
        "sync_wrapper.py",
    ]


def test_without_a_server_the_error_has_no_cause_of_another_library():
    torc = Torc("http://127.0.0.1:1", retry_timeout_seconds=0)
    with torc, pytest.raises(ServerUnreachableError) as failed:
        torc.system.ping()
    shown = "".join(traceback.format_exception(failed.value))
    assert "aiohttp" not in shown
    assert "Torc.standalone()" in shown


@pytest.mark.parametrize(
    ("keyword", "question"),
    [("timeout", " Did you mean 'timeout_seconds'?"), ("chek", " Did you mean 'check'?"), ("until", "")],
)
def test_an_unknown_keyword_is_an_error_of_the_synchronous_class(keyword, question):
    with Torc("http://127.0.0.1:1") as torc, pytest.raises(TypeError) as refused:
        torc.workflow(1).wait(**{keyword: 1})
    expected = f"Workflow.wait() got an unexpected keyword argument {keyword!r}"
    assert str(refused.value) == expected + ("." + question if question else "")


async def test_a_thousand_jobs_and_waiting_for_them(fake_server, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("create_jobs", {"jobs": []})
    fake_server.answer("list_files", {**EMPTY_PAGE})
    fake_server.answer("list_missing_user_data", {"user_data": []})
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("start_run", {"is_started": True, "run_id": 1})
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    fake_server.answer("get_workflow_status", make.status())

    def script(torc):
        workflow = torc.create_workflow_from_commands("sweep", [f"echo {i}" for i in range(1000)])
        return workflow.id, workflow.wait()

    workflow_id, end = await in_script(fake_server, script)
    assert (workflow_id, end.is_complete) == (7, True)
    jobs = fake_server.calls_of("create_jobs")[0].body["jobs"]
    assert [jobs[0]["command"], jobs[999]["command"], len(jobs)] == ["echo 0", "echo 999", 1000]
    assert fake_server.calls_of("is_workflow_complete")[0].query["wait_seconds"] > 0


async def test_a_workflow_whose_jobs_are_refused_is_deleted(fake_server, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("create_jobs", Refusal(422, "bad job"))
    fake_server.answer("delete_workflow", make.workflow(7))
    with pytest.raises(UnprocessableError, match="bad job"):
        await in_script(fake_server, lambda torc: torc.create_workflow_from_commands("sweep", ["true"]))
    assert len(fake_server.calls_of("delete_workflow")) == 1


async def test_iterating(fake_server, make):
    fake_server.script("list_jobs", [make.jobs([make.job(1)], 0, 2), make.jobs([make.job(2)], 1, 2)])
    assert [job.id for job in await in_script(fake_server, lambda torc: torc.workflow(7).jobs())] == [1, 2]


@pytest.mark.parametrize(("limit", "ids"), [(None, [1, 2, 3]), (2, [1, 2]), (0, [])])
async def test_a_list_operation_is_iterated(fake_server, make, limit, ids):
    def page(call):
        offset = call.query["offset"]
        return make.jobs([make.job(offset + 1)], offset, 3)

    fake_server.answer("list_jobs", page)
    read = lambda torc: [job.id for job in torc.iterate(torc.jobs.list_jobs, workflow_id=7, limit=limit)]  # noqa: E731
    assert await in_script(fake_server, read) == ids


async def test_the_names_of_a_list_operation_are_iterated_with_a_warning(fake_server, make):
    fake_server.answer("list_jobs", make.jobs([make.job(1)]))

    def script(torc):
        with pytest.warns(DeprecationWarning, match=r"Use iterate\(torc.jobs.list_jobs, ...\)") as warned:
            found = [job.id for job in torc.iterate("jobs", "list_jobs", workflow_id=7)]
        return found, warned[0].filename

    assert await in_script(fake_server, script) == ([1], __file__)


async def test_old_names_of_methods_work_and_warn_at_the_line_that_calls_them(fake_server, make):
    page = {**EMPTY_PAGE, "items": [make.result(1)], "count": 1, "total_count": 1}
    fake_server.answer("list_results", page)
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("create_jobs", {"jobs": [make.job(1)]})
    fake_server.answer("list_files", {**EMPTY_PAGE})
    fake_server.answer("list_missing_user_data", {"user_data": []})
    fake_server.answer("start_run", {"is_started": True, "run_id": 1})

    greet = {"name": "greet", "jobs": [{"name": "hello", "command": "echo hello"}]}
    from_commands = r"Torc.create_workflow\(name, commands\) .* Use create_workflow_from_commands\(name, commands\)."

    def called(call, message):
        with pytest.warns(DeprecationWarning, match=message) as warned:
            answer = call()
        assert [each.filename for each in warned] == [__file__]
        return answer

    def script(torc):
        results = called(lambda: torc.workflow(7).results(), "Workflow.results is an old name. Use job_results.")
        assert [result.job_id for result in results] == [1]
        for workflow in (
            called(lambda: torc.create_workflow("sweep", ["true"], description="old"), from_commands),
            called(lambda: torc.create_workflow(name="sweep", commands=["true"]), from_commands),
            called(lambda: torc.create(greet), "Torc.create is an old name. Use create_workflow."),
        ):
            assert workflow.id == 7

    await in_script(fake_server, script)
    assert fake_server.calls_of("create_workflow")[0].body["description"] == "old"


async def test_workflows_are_listed_as_handles(fake_server, make):
    fake_server.answer("list_workflows", make.workflows(make.workflow(7), make.workflow(9)))
    found = await in_script(fake_server, lambda torc: [repr(each) for each in torc.list_workflows(name="sweep")])
    assert found == [f"Workflow(id={number}, name='sweep', server={fake_server.url!r})" for number in (7, 9)]
    assert fake_server.calls[0].query == {"name": "sweep", "is_archived": False, "offset": 0}


def test_closing_ends_the_thread():
    torc = Torc("http://127.0.0.1:1")
    assert "torc-client" in [thread.name for thread in threading.enumerate()]
    torc.close()
    torc.close()
    assert "torc-client" not in [thread.name for thread in threading.enumerate()]


async def test_a_workflow_outlives_the_name_of_its_server(fake_server, make):
    fake_server.answer("get_workflow", make.workflow(7))

    def script():
        workflow = Torc(fake_server.url).workflow(7)
        gc.collect()
        return workflow.record().id, Torc(fake_server.url).workflows.get_workflow(7).id

    assert await asyncio.to_thread(script) == (7, 7)
    gc.collect()
    assert "torc-client" not in [thread.name for thread in threading.enumerate()]


def test_a_closed_client_is_an_error():
    torc = Torc("http://127.0.0.1:1")
    torc.close()
    with pytest.raises(TorcError, match="was closed"):
        torc.workflow(1).status()


def test_an_unknown_name_is_an_attribute_error_of_the_wrapper():
    with Torc("http://127.0.0.1:1") as torc, pytest.raises(AttributeError):
        torc.nonsense  # noqa: B018 - looked up for its error


EMPTY_PAGE = {"items": [], "offset": 0, "max_limit": 10_000, "count": 0, "total_count": 0, "has_more": False}
