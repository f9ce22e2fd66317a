"""Why attempts failed, in words: the reason of the runner comes before the return code and the log."""

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import NeighbourJob, NeighboursResponse, NeighbourStep, ResultModel
from torc_client.defaults import LONGEST_REASON
from torc_client.failure_reasons import could_not_run, stored_reason
from torc_client.overview.failed_jobs import cause_of_cancellation
from torc_client.overview.neighbours import shaped
from torc_client.overview.result_reasons import explained, is_explained_by_log, known_reason, reason_of
from torc_client.recovery.diagnosis import KillCodes

CODES = KillCodes(137, 152)
MISSING = "the job ended with 0, but its output files are missing: out.csv"


def result(return_code: int, reason: str | None = None) -> ResultModel:
    return ResultModel(
        job_id=1, workflow_id=1, run_id=1, compute_node_id=1, return_code=return_code, exec_time_minutes=1.0,
        completion_time="", status=JobStatus.FAILED, reason=reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("return_code", "reason", "log"),
    [
        (1, MISSING, "torc-runner: another"),
        (1, None, f"torc-runner: {MISSING}"),
        (1, None, "ValueError: bad"),
        (3, None, ""),
        (143, "stopped", ""),
        (139, None, "a line"),
        (127, "not found", ""),
        (127, None, "fit: not found"),
    ],
)
def test_the_reason_of_the_runner_comes_first(return_code, reason, log, told):
    told(reason_of(result(return_code, reason), CODES, log), f"{return_code} {reason or 'none'} {log or 'none'}"[:40])


def test_the_log_is_read_only_if_nothing_else_says_why():
    assert is_explained_by_log(result(1), CODES)
    assert is_explained_by_log(result(127), CODES)
    assert not is_explained_by_log(result(1, MISSING), CODES)
    assert not is_explained_by_log(result(139), CODES)


def test_sentences_do_not_show_the_code_that_a_runner_made():
    assert explained(result(1, MISSING), CODES) == f"T{MISSING[1:]}."
    assert explained(result(152, "it was stopped at its time limit"), CODES) == (
        "Exit code 152: it was stopped at its time limit."
    )
    assert explained(result(3), CODES) == "Exited with 3: the command says why in its stderr."
    assert known_reason(result(3), CODES) == ""


def test_a_stored_reason_is_one_line_of_limited_length():
    assert stored_reason("") is None
    assert stored_reason(" a\tb\x1b\nc\udc80 ") == "a b\\u001b\\nc\\udc80"
    long = stored_reason("x" * 5000) or ""
    assert (len(long), long[-2:]) == (LONGEST_REASON, "x…")


def near(*jobs: tuple[int, JobStatus]):
    """Return the jobs near a canceled one: each with its distance and its status."""
    found = [NeighbourJob(job_id=1, job_name="me", status=JobStatus.CANCELED, step=0)]
    found += [
        NeighbourJob(job_id=number, job_name=f"j{number}", status=status, step=step)
        for number, (step, status) in enumerate(jobs, start=2)
    ]
    steps = [NeighbourStep(step=step, num_jobs=9, left_off=0, is_exact=True) for step in {step for step, _ in jobs}]
    return shaped(NeighboursResponse(workflow_id=1, jobs=found, edges=[], steps=steps), 10)


@pytest.mark.parametrize(
    ("jobs", "is_canceled", "expected"),
    [
        ([(-1, JobStatus.FAILED), (-1, JobStatus.COMPLETED)], False, "its dependency j2 failed"),
        ([(-1, JobStatus.TERMINATED)], True, "its dependency j2 was terminated"),
        (
            [(-1, JobStatus.CANCELED), (-2, JobStatus.FAILED)],
            False,
            "its dependency j2 was canceled, because j3 failed",
        ),
        ([(-1, JobStatus.CANCELED)], False, "its dependency j2 was canceled"),
        ([(-1, JobStatus.FAILED), (-2, JobStatus.FAILED)], False, "its dependency j2 failed"),
        ([(-1, JobStatus.COMPLETED)], True, "with its workflow"),
        ([], False, "by a user"),
    ],
)
def test_why_a_job_was_canceled(jobs, is_canceled, expected):
    assert cause_of_cancellation(near(*jobs), is_workflow_canceled=is_canceled) == expected


def test_a_reason_quotes_a_part_of_a_long_line():
    assert could_not_run(127, "y" * 240).endswith(": " + "y" * 240)
    assert could_not_run(127, "y" * 5000).endswith(": " + "y" * 239 + "…")
