"""torc workflows reconcile."""

from journal_builders import write_journal


async def test_what_runners_left_is_sent(torc, fake_server, tmp_path):
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    path = write_journal(tmp_path)
    ended = await torc("-f", "json", "workflows", "reconcile", "7", "1", "--base-dir", str(tmp_path))
    assert ended.code == 0
    assert ended.json["results"] == 1
    assert not path.exists()


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
