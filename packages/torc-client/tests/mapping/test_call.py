"""What a job does that calls a function, by files and without a server; what the script then makes of it."""

import pickle
import sys

import pytest

from torc_client.api.enums import JobStatus
from torc_client.client import TorcClient
from torc_client.mapping.call import perform_job
from torc_client.mapping.exchange import packed_call
from torc_client.mapping.function import refer
from torc_client.mapping.outcomes import CallFailed, CallsFailed, Outcome, collect, values_of

EMPTY_PAGE = {"items": [], "offset": 0, "max_limit": 10_000, "count": 0, "total_count": 0, "has_more": False}


def page(*items):
    return {**EMPTY_PAGE, "items": list(items), "count": len(items), "total_count": len(items)}


@pytest.fixture
def job(monkeypatch, tmp_path):
    """Perform the call of a function in this process, as a job does; gives its exit status."""
    pytest.importorskip("cloudpickle")
    monkeypatch.setenv("TORC_JOB_ID", "1")
    monkeypatch.setenv("TORC_RUN_ID", "1")
    monkeypatch.setenv("TORC_ATTEMPT_ID", "1")
    monkeypatch.setattr(sys, "path", list(sys.path))

    def perform(function, item):
        (tmp_path / "in").write_bytes(packed_call(refer(function), item))
        return perform_job([str(tmp_path / "in"), str(tmp_path / "out")])

    return perform


def told(tmp_path):
    return pickle.loads((tmp_path / "out").read_bytes())  # noqa: S301 - the test wrote it


def test_a_value(job, tmp_path):
    assert job(lambda item: {item}, 3) == 0
    assert told(tmp_path) == {"value": {3}, "attempt": "1.1"}


@pytest.mark.parametrize(
    ("function", "type_name"),
    [(lambda item: 1 / item, "ZeroDivisionError"), (lambda _: sys.exit("enough"), "SystemExit")],
)
def test_an_exception_is_told_and_shown(job, tmp_path, capsys, function, type_name):
    assert job(function, 0) == 1
    error = told(tmp_path)["error"]
    assert error["type"] == type_name
    assert error["traceback"] == capsys.readouterr().err
    assert "torc_client/mapping" not in error["traceback"]


def test_a_value_that_cannot_be_kept_is_an_error(job, tmp_path):
    assert job(lambda _: (n for n in ()), 0) == 1
    assert "pickle" in told(tmp_path)["error"]["message"]


def test_outside_of_a_job(capsys, monkeypatch):
    monkeypatch.delenv("TORC_JOB_ID", raising=False)
    assert perform_job([]) == 1
    assert "there is no job here" in capsys.readouterr().err


def user_data(make, name, output):
    return [
        make.user_data(1, name=f"input_{name}", data={"module": "math", "func": "sqrt", "params": 4}),
        make.user_data(2, name=f"output_{name}", data=output),
    ]


ERROR = {"type": "ValueError", "message": "no", "traceback": "Traceback ...\nValueError: no\n"}


@pytest.mark.parametrize(
    ("status", "output", "value", "error"),
    [
        ("completed", {"value": 2.0, "attempt": "1.1"}, 2.0, None),
        ("completed", {"value": None, "attempt": "1.1"}, None, None),
        ("ready", {}, None, None),
        ("running", {"value": 2.0, "attempt": "0.1"}, None, None),
        ("failed", {"error": ERROR, "attempt": "1.1"}, None, "sqrt_1: ValueError: no"),
        ("failed", {"error": ERROR, "attempt": "0.1"}, None, "sqrt_1: the job ended without telling why (failed, "),
        ("failed", {"value": 2.0, "attempt": "0.1"}, None, "sqrt_1: the job ended without telling why (failed, "),
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


def test_values_or_the_first_error_with_its_traceback():
    good = Outcome(4, 1, "sqrt_1", JobStatus.COMPLETED, 2.0)
    bad = Outcome(-1, 2, "sqrt_2", JobStatus.FAILED, error=CallFailed("sqrt_2", "ValueError: no", ERROR, 1))
    waiting: Outcome[float] = Outcome(9, 3, "sqrt_3", JobStatus.READY)
    assert values_of([good]) == [2.0]
    with pytest.raises(CallsFailed, match=r"1 of 3 calls failed; the first, sqrt_2: ValueError: no") as failed:
        values_of([good, bad, waiting])
    assert failed.value.outcomes == [good, bad, waiting]
    assert failed.value.__cause__.__notes__ == [ERROR["traceback"]]
    with pytest.raises(CallsFailed, match=r"1 of 2 calls have not ended, sqrt_3 is one of them"):
        values_of([good, waiting])
