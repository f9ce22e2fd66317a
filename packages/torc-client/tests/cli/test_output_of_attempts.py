"""torc logs show and tail: the output of earlier attempts."""

import pytest

from torc_client.testing import Refusal

FIRST, SECOND, LAST = (1, 1), (1, 2), (2, 1)


@pytest.fixture
def job(fake_server, make, tmp_path):
    """A job with two attempts in run 1 and one in run 2. Returns the folder of its output."""
    folder = tmp_path / "out" / "job_stdio"
    folder.mkdir(parents=True)
    results = []
    for run_id, attempt_id in (FIRST, SECOND, LAST):
        (folder / f"job_wf7_j4_r{run_id}_a{attempt_id}.e").write_text(f"run {run_id} attempt {attempt_id}\n")
        results.append(make.result(4, run_id=run_id, attempt_id=attempt_id, return_code=1))
    page = {"items": results, "count": 3, "total_count": 3, "offset": 0, "max_limit": 10, "has_more": False}
    fake_server.answer("list_results", page)
    fake_server.answer("get_compute_node", Refusal(404, "No such node"))
    fake_server.answer("get_job", make.job(4, status="failed"))
    return folder.parent


@pytest.mark.parametrize("command", [["show"], ["tail", "--no-follow"], ["tail"]])
async def test_the_last_attempt_is_shown_and_the_one_before_is_named(torc, job, command):
    ended = await torc("logs", *command, "4", "-o", str(job))
    assert ended.code == 0
    assert ended.out == "run 2 attempt 1\n"
    assert "torc logs show 4 --run 1 --attempt 2" in ended.err
    ended.told(command[0])


@pytest.mark.parametrize("command", ["show", "tail"])
@pytest.mark.parametrize(
    ("options", "shown", "before"),
    [
        ("--run 1", "run 1 attempt 2", "--run 1 --attempt 1"),
        ("--run 1 --attempt 1", "run 1 attempt 1", ""),
        ("--attempt 1", "run 2 attempt 1", "--run 1 --attempt 2"),
    ],
)
async def test_an_earlier_attempt_is_chosen_by_run_and_number(torc, job, command, options, *, shown, before):
    ended = await torc("logs", command, "4", "-o", str(job), *options.split())
    assert (ended.code, ended.out) == (0, f"{shown}\n")
    assert before in ended.err
    assert ("torc logs show" in ended.err) == bool(before)


async def test_an_attempt_that_does_not_exist_is_refused_with_those_that_do(torc, job):
    ended = await torc("logs", "show", "4", "--attempt", "5")
    assert ended.code == 1
    assert "--run 1 --attempt 2" in ended.err
    ended.told()


async def test_the_files_of_an_earlier_attempt_are_not_requested_from_a_runner(torc, job, fake_server):
    (job / "job_stdio" / "job_wf7_j4_r1_a1.e").unlink()
    ended = await torc("logs", "show", "4", "--run", "1", "--attempt", "1")
    assert ended.code == 1
    assert not fake_server.calls_of("get_job_output")


async def test_tail_says_that_there_is_no_output(torc, job):
    for ending in ("o", "e"):
        (job / "job_stdio" / f"job_wf7_j4_r1_a1.{ending}").write_text("")
    ended = await torc("logs", "tail", "4", "-o", str(job), "--run", "1", "--attempt", "1")
    assert (ended.code, ended.out) == (0, "")
    assert "job_wf7_j4_r1_a1.e" in ended.err
    assert (await torc("-f", "json", "logs", "tail", "4", "-o", str(job), "--run", "1", "--attempt", "1")).err == ""
