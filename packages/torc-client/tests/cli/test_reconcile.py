"""torc workflows reconcile."""

from journal_builders import write_journal


async def test_what_runners_left_is_sent(torc, fake_server, tmp_path):
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    path = write_journal(tmp_path)
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "1", "--base-dir", str(tmp_path))
    assert ended.code == 0
    assert ended.json["results"] == 1
    assert not path.exists()


async def test_output_folders_below_the_current_one_are_found(torc, fake_server, nobodys_environment):
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    paths = [write_journal(nobodys_environment / folder) for folder in ("torc_output", "runs/night/out")]
    too_deep = write_journal(nobodys_environment / "a/b/c/d")
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "1")
    assert (ended.code, ended.json["journals"]) == (0, 2)
    assert [path.exists() for path in (*paths, too_deep)] == [False, False, True]


async def test_a_journal_of_another_run_is_an_error(torc, fake_server, tmp_path):
    path = write_journal(tmp_path)
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "2", "--base-dir", str(tmp_path))
    assert ended.code == 1
    assert "it is of run 1; the workflow is at run 2" in ended.json["skipped"][0]
    assert path.exists()
    assert fake_server.calls_of("report_and_claim") == []


async def test_without_journals_nothing_happens(torc, fake_server, tmp_path):
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "2", "--base-dir", str(tmp_path))
    assert (ended.code, ended.json["journals"]) == (0, 0)
    assert fake_server.calls_of("report_and_claim") == []


async def test_journals_of_earlier_runs_are_set_aside(torc, fake_server, make, tmp_path):
    fake_server.answer("get_workflow_status", make.status(run_id=2))
    fake_server.answer(
        "list_results",
        {"items": [], "offset": 0, "max_limit": 10000, "count": 0, "total_count": 0, "has_more": False},
    )
    path = write_journal(tmp_path)
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "--base-dir", str(tmp_path))
    assert ended.code == 0
    kept = path.parent / "set_aside" / path.name
    assert ended.json["set_aside"] == [f"{kept}: it has 1 result of run 1, which is over: the workflow is at run 2"]
    assert kept.exists()
