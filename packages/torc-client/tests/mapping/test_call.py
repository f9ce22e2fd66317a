"""The job of a mapped function, with files and without a server, and the results that the script reads."""

import pickle
import sys

import pytest

from support import needs
from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.mapping.call import perform_job
from torc_client.mapping.exchange import CallRequest, FileExchange
from torc_client.mapping.function import refer
from torc_client.mapping.outcomes import CallError, CallResult, MapError, collect, values_of

EMPTY_PAGE = {"items": [], "offset": 0, "max_limit": 10_000, "count": 0, "total_count": 0, "has_more": False}


def page(*items):
    return {**EMPTY_PAGE, "items": list(items), "count": len(items), "total_count": len(items)}


@pytest.fixture
def job(monkeypatch, tmp_path):
    """Perform the call of a function in this process, as a job does, and return its exit code."""
    needs.library("cloudpickle")
    monkeypatch.setenv("TORC_JOB_ID", "1")
    monkeypatch.setenv("TORC_RUN_ID", "1")
    monkeypatch.setenv("TORC_ATTEMPT_ID", "1")
    monkeypatch.setattr(sys, "path", list(sys.path))

    def perform(function, *items):
        exchange = FileExchange(tmp_path / "in", tmp_path / "out")
        exchange.request(CallRequest(refer(function), [exchange.pack(item) for item in items]))
        return perform_job([str(tmp_path / "in"), str(tmp_path / "out")])

    return perform


def told(tmp_path):
    return FileExchange(tmp_path / "in", tmp_path / "out").read_report()


def test_a_value(job, tmp_path):
    assert job(lambda item: {item}, 3) == 0
    assert told(tmp_path) == {"calls": [{"value": pickle.dumps({3})}], "attempt": "1.1"}


def test_one_call_of_a_job_fails(job, tmp_path):
    assert job(lambda item: 1 / item, 2, 0, 4) == 1
    first, second, third = told(tmp_path)["calls"]
    assert (pickle.loads(first["value"]), pickle.loads(third["value"])) == (0.5, 0.25)  # noqa: S301 - the test wrote it
    assert second["error"]["message"] == "division by zero"


def test_a_function_that_is_not_there(job, tmp_path, monkeypatch):
    exchange = FileExchange(tmp_path / "in", tmp_path / "out")
    exchange.request(CallRequest({"module": "no_such_module", "func": "f"}, []))
    assert perform_job([str(tmp_path / "in"), str(tmp_path / "out")]) == 1
    assert told(tmp_path)["error"]["type"] == "ModuleNotFoundError"


@pytest.mark.parametrize(
    ("function", "type_name"),
    [(lambda item: 1 / item, "ZeroDivisionError"), (lambda _: sys.exit("enough"), "SystemExit")],
)
def test_an_exception_is_reported_and_printed(job, tmp_path, capsys, function, type_name):
    assert job(function, 0) == 1
    error = told(tmp_path)["calls"][0]["error"]
    assert error["type"] == type_name
    assert error["traceback"] == capsys.readouterr().err
    assert "torc_client/mapping" not in error["traceback"]


def test_a_value_that_cannot_be_kept_is_an_error(job, tmp_path):
    assert job(lambda _: (n for n in ()), 0) == 1
    assert "pickle" in told(tmp_path)["calls"][0]["error"]["message"]


def test_texts_of_errors_that_utf_8_lacks(job, tmp_path):
    def fail(item):
        raise ValueError(item)

    assert job(fail, "name-\udce9") == 1
    error = told(tmp_path)["calls"][0]["error"]
    assert error["message"] == r"name-\udce9"
    assert error["traceback"].encode().endswith(rb"ValueError: name-\udce9" + b"\n")


@pytest.mark.parametrize(("limit", "lost"), [(500, [2]), (260, [1, 2, 4]), (100, [0, 1, 2, 3, 4])])
def test_of_values_that_are_too_large_together_only_the_largest_are_lost(job, tmp_path, monkeypatch, limit, lost):
    stored = FileExchange.report

    def report(self, results):
        if sum(len(call.get("value", b"")) for call in results["calls"]) > limit:
            raise OSError(28, "No space left on device")
        stored(self, results)

    monkeypatch.setattr(FileExchange, "report", report)
    assert job(lambda size: "x" * size, 100, 101, 300, 100, 102) == 1
    calls = told(tmp_path)["calls"]
    assert [place for place, call in enumerate(calls) if "error" in call] == lost
    assert calls[2]["error"]["type"] == "OSError"
    assert "in report\n" in calls[2]["error"]["traceback"]


def test_outside_of_a_job(capsys, monkeypatch):
    monkeypatch.delenv("TORC_JOB_ID", raising=False)
    assert perform_job([]) == 1
    assert "This process is not a job." in capsys.readouterr().err


def user_data(make, name, output):
    return [
        make.user_data(1, name=f"input_{name}", data={"module": "math", "func": "sqrt", "items": [4]}),
        make.user_data(2, name=f"output_{name}", data=output),
    ]


ERROR = {"type": "ValueError", "message": "no", "traceback": "Traceback ...\nValueError: no\n"}


@pytest.mark.parametrize(
    ("status", "output", "value", "error"),
    [
        ("completed", {"calls": [{"value": 2.0}], "attempt": "1.1"}, 2.0, None),
        ("completed", {"calls": [{"value": None}], "attempt": "1.1"}, None, None),
        ("ready", {}, None, None),
        ("running", {"calls": [{"value": 2.0}], "attempt": "0.1"}, None, None),
        ("failed", {"calls": [{"error": ERROR}], "attempt": "1.1"}, None, "sqrt_1: ValueError: no"),
        ("failed", {"error": ERROR, "attempt": "1.1"}, None, "sqrt_1: ValueError: no"),
        (
            "failed",
            {"error": ERROR, "attempt": "0.1"},
            None,
            (
                "sqrt_1: the job ended without a report (failed, return code 137): ended by SIGKILL: its memory ran "
                "out, or another process ended it; its output: `torc logs show 1`"
            ),
        ),
        (
            "failed",
            {"calls": [{"value": 2.0}], "attempt": "0.1"},
            None,
            "sqrt_1: the job ended without a report (failed, ",
        ),
    ],
)
async def test_status_decides_which_outcome_counts(  # noqa: PLR0917 - fixtures and cases
    fake_server, client: TorcClient, make, status, output, value, error
):
    fake_server.answer("list_jobs", page(make.job(1, name="sqrt_1", status=status), make.job(2, name="other")))
    fake_server.answer("list_results", page(make.result(1, status="failed", return_code=137)))
    fake_server.answer("list_user_data", page(*user_data(make, "sqrt_1", output)))
    fake_server.answer("list_files", EMPTY_PAGE)
    (outcome,) = await collect(client, 7)
    assert (outcome.item, outcome.value, outcome.status) == (4, value, status)
    if error is None:
        assert outcome.error is None
    else:
        assert outcome.error is not None
        assert outcome.error.message.startswith(error)
        assert outcome.error.return_code == 137


async def test_calls_that_shared_a_job_have_outcomes_of_their_own(fake_server, client: TorcClient, make):
    told = {"calls": [{"value": 2.0}, {"error": ERROR}], "attempt": "1.1"}
    records = [
        make.user_data(1, name="input_sqrt_1", data={"module": "math", "func": "sqrt", "items": [4, -4]}),
        make.user_data(2, name="output_sqrt_1", data=told),
    ]
    fake_server.answer("list_jobs", page(make.job(1, name="sqrt_1", status="failed")))
    fake_server.answer("list_results", page(make.result(1, status="failed", return_code=1)))
    fake_server.answer("list_user_data", page(*records))
    fake_server.answer("list_files", EMPTY_PAGE)
    first, second = await collect(client, 7)
    assert (first.item, first.value, first.status, first.error) == (4, 2.0, "completed", None)
    assert (second.item, second.status) == (-4, "failed")
    assert second.error is not None
    assert second.error.message == "sqrt_1, item 1: ValueError: no"


def test_values_or_the_first_error_with_its_traceback():
    good = CallResult(4, 1, "sqrt_1", JobStatus.COMPLETED, 2.0)
    bad = CallResult(-1, 2, "sqrt_2", JobStatus.FAILED, error=CallError("sqrt_2", "ValueError: no", ERROR, 1))
    waiting: CallResult[float] = CallResult(9, 3, "sqrt_3", JobStatus.READY)
    assert values_of([good]) == [2.0]
    with pytest.raises(MapError, match=r"1 of 3 calls failed; the first error: sqrt_2: ValueError: no") as failed:
        values_of([good, bad, waiting])
    assert failed.value.outcomes == [good, bad, waiting]
    assert failed.value.__cause__.__notes__ == [ERROR["traceback"]]
    with pytest.raises(MapError, match=r"1 of 2 calls have not ended, for example sqrt_3"):
        values_of([good, waiting])
