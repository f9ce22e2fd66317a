"""torc results list: the lines below the table say why jobs failed."""

from torc_client.api.enums import JobStatus

PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}


async def test_a_job_that_has_completed_since_needs_no_reason(torc, fake_server, make):
    why = "it took 288.8 MiB of memory; its limit is 120.0 MiB"
    results = [
        make.result(1, status=JobStatus.FAILED, return_code=137, reason=why, run_id=1),
        make.result(1, status=JobStatus.COMPLETED, return_code=0, run_id=2),
        make.result(2, status=JobStatus.FAILED, return_code=137, reason=f"{why}!", run_id=2),
    ]
    fake_server.answer("list_results", {"items": results, "count": 3, "total_count": 3, **PAGE})
    fake_server.answer("get_workflow", make.workflow(7))
    ended = await torc("results", "list", "7", "--all-runs")
    below = " ".join(ended.out.rpartition("╯")[2].split())
    assert (below.count("288.8 MiB"), "(job 1) failed" in below, "(job 2) failed" in below) == (1, False, True)
