"""Results that runners could not send are sent before jobs are diagnosed."""

import pytest

from journal_builders import write_journal
from torc_client.errors import TorcError
from torc_client.recovery.unsent_results import send_unsent_results
from torc_client.recovery.watching import Watch, WatchEnding, WatchOptions
from torc_client.testing.fake_server import Refusal

NO_RESULTS = {
    "items": [], "offset": 0, "max_limit": 10000, "count": 0, "total_count": 0, "has_more": False,
}  # fmt: skip


async def test_they_are_sent_and_reported(fake_server, client, tmp_path):
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    path = write_journal(tmp_path)
    reported = []
    await send_unsent_results(client, 7, 1, tmp_path, reported.append)
    assert reported == ["Sent 1 result that a runner could not send."]
    assert not path.exists()


async def test_those_of_an_earlier_run_are_set_aside(fake_server, client, tmp_path):
    fake_server.answer("list_results", NO_RESULTS)
    path = write_journal(tmp_path, run_id=3)
    reported = []
    for _ in range(2):
        await send_unsent_results(client, 7, 4, tmp_path, reported.append)
    (sentence,) = reported
    assert sentence == (
        f"The journal {path} was moved to {path.parent}/set_aside: it has 1 result of run 3, which is over: the"
        " workflow is at run 4."
    )
    assert (path.parent / "set_aside" / path.name).exists()


async def test_a_journal_that_stays_is_reported_once(fake_server, client, tmp_path):
    fake_server.answer("report_and_claim", Refusal(422, "Workflow 7 has no compute node 1"))
    path = write_journal(tmp_path)
    reported = []
    for _ in range(2):
        await send_unsent_results(client, 7, 1, tmp_path, reported.append)
    assert reported == [f"The journal {path} was not sent: Workflow 7 has no compute node 1."]


async def test_a_journal_that_cannot_be_read_is_an_error(client, tmp_path):
    path = write_journal(tmp_path)
    path.unlink()
    path.symlink_to(tmp_path)
    with pytest.raises(TorcError, match="cannot be read") as refused:
        await send_unsent_results(client, 7, 1, tmp_path, print)
    assert "reconcile" in str(refused.value.hint)


async def test_a_watch_sends_them_while_the_workflow_runs(fake_server, client, make, tmp_path):
    write_journal(tmp_path)
    going = make.status(run_id=1, is_complete=False)
    fake_server.script("get_workflow_status", [going, make.status(run_id=1)])
    fake_server.answer("report_and_claim", {"errors": [], "jobs": [], "is_complete": True, "is_canceled": False})
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    reported = []
    result = await Watch(client, 7, WatchOptions(output_dir=tmp_path), reported.append).run()
    assert result.ending is WatchEnding.SUCCEEDED
    assert "Sent 1 result that a runner could not send." in reported
