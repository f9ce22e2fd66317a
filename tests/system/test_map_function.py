"""Python functions as jobs."""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from support import needs
from support.golden import Told
from support.processes import Place, Server
from torc_client import CallError, MapError, Torc, map_function_to_jobs
from torc_client.errors import TorcError

SCRIPT = """
import os
from dataclasses import dataclass
from torc_client import Torc

@dataclass
class Point:
    x: int

def mirrored(point):
    if point.x == 2:
        raise ValueError(f"no mirror for {point.x}")
    if point.x == 3:
        os._exit(9)
    return Point(-point.x)

def square(number):
    return number ** 2

if __name__ == "__main__":
    torc = Torc()
    calls = torc.map(mirrored, [Point(n) for n in range(4)], directory="shared")
    calls.run()
    for outcome in calls.outcomes():
        print(outcome.item, outcome.status, outcome.value, outcome.error)
    print(calls.outcomes()[2].error.traceback)
    squares = torc.map(square, range(3), name="squares")
    squares.run()
    print(squares.results(), torc.calls(squares.id).results())
"""


def test_a_script_maps_its_own_functions_through_files_and_user_data(server: Server, place: Place):
    place.file("script.py", SCRIPT)
    shown = place.run("python", "script.py").stdout
    assert shown.splitlines()[:4] == [
        "Point(x=0) completed Point(x=0) None",
        "Point(x=1) completed Point(x=-1) None",
        "Point(x=2) failed None mirrored_3: ValueError: no mirror for 2",
        (
            "Point(x=3) failed None mirrored_4: the job ended without a report (failed, return code 9); "
            "its output: `torc logs show 4`"
        ),
    ]
    assert '/script.py", line 12, in mirrored' in shown
    assert shown.splitlines()[-1] == "[0, 1, 4] [0, 1, 4]"


@pytest.fixture
def torc(server: Server, place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    monkeypatch.setenv("HOME", str(place.home))
    monkeypatch.setenv("PATH", place.environment["PATH"])
    with Torc(server.url) as torc:
        yield torc


# Statements of a prompt, which is like a notebook.
PROMPT = """
from torc_client import Torc
class Point:
    def __init__(self, x):
        self.x = x
    def __neg__(self):
        return Point(-self.x)

def mirrored(point):
    return -point

import operator
torc = Torc()
for function in (mirrored, operator.neg):
    calls = torc.map(function, [Point(1), Point(2)], directory="shared", chunksize=2)
    end = calls.run()
    print([type(value) is Point and value.x for value in calls.results()])

"""


def test_classes_of_a_notebook_are_sent_and_come_back(server: Server, place: Place):
    needs.library("cloudpickle")
    prompt = place.file("prompt", PROMPT)
    with prompt.open() as statements:
        process = place.start("python", "-i", "-q", stdin=statements)
        shown, _ = process.communicate()
    assert shown.splitlines() == ["[-1, -2]", "[-1, -2]"]


def test_one_value_that_is_not_json_is_the_only_one_lost(torc: Torc, told: Told):
    bad: Any = {0: [0], 1: "\udce9", 2: {3: 4}, 3: (1,)}.get
    needs.library("cloudpickle")
    calls = torc.map(bad, range(4), chunksize=4, name="mixed")
    calls.run()
    values = calls.results(return_exceptions=True)
    assert [values[0], values[3]] == [[0], [1]]
    assert [values[1].type_name, values[2].type_name] == ["TorcError", "TorcError"]
    assert "as_json" in values[1].traceback
    told(values[2].message)


def test_jobs_need_no_large_modules_on_either_kind_of_connection(torc: Torc, place: Place):
    needs.library("cloudpickle")

    def loaded(name: str) -> bool:
        return name in sys.modules

    with Torc.standalone(place.directory / "own.db") as on_socket:
        for each in (torc, on_socket):
            calls = each.map(loaded, ["json", "aiohttp", "asyncio"])
            calls.run()
            assert calls.results() == [True, False, False]


def test_a_function_of_the_script_is_sent_with_the_job(torc: Torc):
    needs.library("cloudpickle")
    shift = 10
    calls = torc.map(lambda number: number + shift, [1, 2])
    calls.run()
    assert calls.results() == [11, 12]


def test_failures_are_raised_with_the_jobs_traceback_and_run_again(torc: Torc, place: Place):
    place.file("flaky.py", "from pathlib import Path\ndef read(name):\n    return Path(name).read_text()\n")
    sys.path.insert(0, str(place.directory))
    try:
        flaky = importlib.import_module("flaky")
    finally:
        sys.path.remove(str(place.directory))
    calls = torc.map(flaky.read, ["one", "two"])
    place.file("one", "1")
    calls.run()
    with pytest.raises(MapError, match=r"1 of 2 calls failed; the first error: read_2: FileNotFoundError") as failed:
        calls.results()
    assert failed.value.__cause__ is not None
    assert 'flaky.py", line 3, in read' in failed.value.__cause__.__notes__[0]
    one, two = calls.results(return_exceptions=True)
    assert (one, type(two)) == ("1", CallError)
    assert [result.return_code for result in calls.job_results()] == [0, 1]
    place.file("one", "changed")
    place.file("two", "2")
    assert calls.retry_failed() == 1
    with pytest.raises(MapError, match="1 of 2 calls have not ended"):
        calls.results()
    calls.run(check=True)
    assert calls.results() == ["1", "2"]
    calls.initialize()
    with pytest.raises(MapError, match="2 of 2 calls have not ended"):
        calls.results()


def test_old_names_of_mapping_work_with_warnings(torc: Torc):
    with pytest.warns(DeprecationWarning, match="Torc.map_function is an old name. Use map."):
        calls = torc.map_function(abs, [-1, 2, -3], calls_per_job=2)  # type: ignore[call-arg]
    assert calls.run().total_jobs == 2
    with pytest.warns(DeprecationWarning, match="MapWorkflow.values is an old name. Use results."):
        assert calls.values() == [1, 2, 3]


def test_values_that_are_not_json(torc: Torc):
    to_complex: Any = complex
    calls = torc.map(to_complex, [1])
    calls.run()
    (outcome,) = calls.outcomes()
    assert outcome.error is not None
    assert "The result is not a JSON value" in outcome.error.message
    with pytest.raises(TorcError, match="Item 1 is not a JSON value") as refused:
        torc.map(to_complex, [1, {2}])
    assert "directory" in (refused.value.hint or "")


def test_jobs_of_the_published_helper(torc: Torc, place: Place):
    text = (
        "def work(job_name, params):\n    return {'job': job_name, **params}\ndef join(results):\n    return results\n"
    )
    place.file("code/steps.py", text)
    workflow = torc.create_workflow_from_commands("mapped", ["true"])
    (first,) = workflow.jobs()
    path = list(sys.path)
    jobs = map_function_to_jobs(
        torc,
        workflow.id,
        "steps",
        "work",
        [{"n": 1}, {"n": 2}],
        postprocess_func="join",
        module_directory=str(place.directory / "code"),
        name_prefix="w",
        depends_on_job_ids=[first.id],
    )
    sys.path[:] = path
    assert [(job.name, job.command) for job in jobs] == [
        ("w1", "pytorc run-function"),
        ("w2", "pytorc run-function"),
        ("postprocess", "pytorc run-postprocess"),
    ]
    workflow.initialize()
    assert workflow.run().jobs_by_status.completed == 4
    data = {record.name: record.data for record in torc.iterate(torc.user_data.list_user_data, workflow_id=workflow.id)}
    assert data["input_w1"]["params"] == {"n": 1}
    assert data["output_w2"] == {"job": "w2", "n": 2}
    assert data["postprocess_result"] == [{"job": "w1", "n": 1}, {"job": "w2", "n": 2}]


def test_several_calls_share_a_job(torc: Torc):
    for directory in (None, "shared"):
        calls = torc.map(abs, [-1, 2, -3, 4, -5], chunksize=2, directory=directory)
        assert calls.run().total_jobs == 3
        assert calls.results() == [1, 2, 3, 4, 5]


def test_the_jobs_of_failed_calls_repeat_all_their_calls(torc: Torc, place: Place):
    exists: Any = os.path.getsize
    calls = torc.map(exists, ["a", "b", "c", "d"], chunksize=2)
    for name in "abd":
        place.file(name, name)
    calls.run()
    sizes = calls.results(return_exceptions=True)
    assert sizes[:2] == [1, 1]
    assert [type(size) for size in sizes[2:]] == [CallError, int]
    place.file("c", "long")
    assert calls.retry_failed() == 1
    calls.run(check=True)
    assert calls.results() == [1, 1, 4, 1]


def test_the_published_commands_outside_of_a_job(place: Place):
    refused = place.run("pytorc", "run-function", status=1)
    assert refused.stdout == ""
    assert refused.stderr.startswith("Error: This runs only in a Torc job:")
    assert "run-postprocess" in place.run("pytorc", "--help").stdout
    assert place.run("pytorc", "--version").stdout.startswith("pytorc 1.")


def test_the_command_line_shows_the_data_of_jobs(torc: Torc, place: Place):
    calls = torc.map(json.dumps, [[1]], directory=Path("shared"))
    calls.run()
    assert place.torc("files", "list", str(calls.id))["items"][1]["name"] == "output_dumps_1"


def test_map_with_a_server_that_requires_a_password(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place.directory)
    monkeypatch.setenv("HOME", str(place.home))
    place.run("torc-htpasswd", "add", "--allow-weak", "-f", "htpasswd", "ada", "-p", "secret", "-c", "4")
    words = ["--auth-file", str(place.directory / "htpasswd"), "--require-auth"]
    with Server(place, *words) as server, Torc(server.url, "ada", "secret") as torc:
        with pytest.raises(TorcError, match="Jobs do not have the password") as refused:
            torc.map(json.dumps, [1])
        assert "directory" in (refused.value.hint or "")
        assert torc.workflows.list_workflows().items == []
        calls = torc.map(json.dumps, [1], directory="shared")
        calls.run()
        assert calls.results() == ["1"]
