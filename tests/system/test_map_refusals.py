"""What `map` refuses, before it creates anything, and what its errors say."""

import math
from typing import Any

import pytest

from support.golden import Told
from support.processes import Place, Server
from torc_client import MapError, Torc, TorcError

UNGUARDED = """
from torc_client import Torc

def square(number):
    return number ** 2

{main}
"""
CREATES = "Torc().create_workflow_from_commands('prepared', ['true'])\n"
MAPS = "calls = Torc().map(square, range(2))\ncalls.run()\nprint(calls.results())\n"


def guarded(text: str) -> str:
    return "".join(f"    {line}" for line in ["if __name__ == '__main__':\n", *text.splitlines(keepends=True)])[4:]


def last_lines(text: str) -> str:
    """Return the error of a traceback and its hint."""
    return "\n".join(text.strip().splitlines()[-2:])


@pytest.fixture
def torc(server: Server, place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    monkeypatch.setenv("HOME", str(place.home))
    with Torc(server.url) as torc:
        yield torc


SCRIPTS = {
    "statement": MAPS,
    "function": f"def main():\n    {MAPS.splitlines()[0]}\nmain()\n",
    "coroutine": (
        "import asyncio\nfrom torc_client import AsyncTorc\n"
        "async def main():\n    async with AsyncTorc() as torc:\n        await torc.map(square, [1])\n"
        "asyncio.run(main())\n"
    ),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_without_a_guard_creates_nothing(torc: Torc, place: Place, told: Told, script: str):
    place.file("script.py", UNGUARDED.format(main=SCRIPTS[script]))
    for words in (["script.py"], ["-m", "script"]):
        told(last_lines(place.run("python", *words, status=1).stderr), script)
    assert torc.list_workflows() == []


@pytest.mark.parametrize("main", [f"def main():\n    {MAPS.splitlines()[0]}\n" + guarded("main()\n"), guarded(MAPS)])
def test_a_script_with_a_guard(torc: Torc, place: Place, main: str):
    place.file("script.py", UNGUARDED.format(main=main))
    place.run("python", "script.py")
    assert [workflow.record().name for workflow in torc.list_workflows()] == ["square"]


def test_a_workflow_that_is_created_above_the_guard_is_created_once(torc: Torc, place: Place, told: Told):
    place.file("script.py", UNGUARDED.format(main=CREATES + guarded(MAPS)))
    told(last_lines(place.run("python", "script.py", status=1).stderr))
    assert [workflow.record().name for workflow in torc.list_workflows()] == ["prepared", "square"]


def test_a_module_that_is_imported_creates_nothing(torc: Torc, place: Place, told: Told):
    place.file("tasks.py", UNGUARDED.format(main=MAPS))
    told(last_lines(place.run("python", "-c", "import tasks", status=1).stderr))
    assert torc.list_workflows() == []


async def asynchronous(_: object) -> None: ...


@pytest.mark.parametrize(
    ("case", "function", "options", "kind"),
    [
        ("text", "sqrt", {}, TypeError),
        ("number", math.sqrt(4), {}, TypeError),
        ("coroutine", asynchronous, {}, TorcError),
        ("fraction", math.sqrt, {"chunksize": 1.5}, TypeError),
        ("zero", math.sqrt, {"chunksize": 0}, TorcError),
    ],
)
def test_wrong_arguments_create_nothing(  # noqa: PLR0917 - fixtures and cases
    torc: Torc, told: Told, case: str, function: Any, options: dict[str, Any], kind: type[Exception]
):
    with told.raised(kind, case):
        torc.map(function, [1], **options)
    assert torc.list_workflows() == []


def test_without_items_there_are_no_jobs_and_no_results(torc: Torc):
    calls = torc.map(math.sqrt, [])
    assert calls.results() == []
    assert calls.run(check=True).total_jobs == 0
    assert calls.wait(timeout_seconds=30).is_complete
    assert (calls.results(), calls.outcomes()) == ([], [])


def test_a_workflow_that_map_did_not_create(torc: Torc, told: Told):
    workflow = torc.create_workflow_from_commands("plain", ["true"])
    with told.raised(TorcError):
        torc.calls(workflow.id).results()


def test_an_interpreter_that_does_not_exist(torc: Torc, told: Told, caplog: pytest.LogCaptureFixture):
    calls = torc.map(math.sqrt, [1], python="/no/such/python", name="roots")
    told(caplog.records[-1].getMessage(), "warning")
    calls.run()
    with told.raised(MapError, "error"):
        calls.results()


def test_calls_are_no_list(torc: Torc, told: Told):
    calls: Any = torc.map(math.sqrt, [1])
    assert calls
    for label, ask in (("iterate", list), ("measure", len), ("index", lambda each: each[0])):
        with told.raised(TypeError, label):
            ask(calls)
