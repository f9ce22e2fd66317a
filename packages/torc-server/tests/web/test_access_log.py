import logging
from typing import Any

import aiohttp
import pytest

from torc_server.web import dispatch


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str, int]]:
    found: list[Any] = [record for record in caplog.records if record.name == "torc_server.access"]
    return [(each.levelno, each.fields["path"].rpartition("/")[2], each.fields["status"]) for each in found]


async def test_routine_requests_are_logged_at_debug_unless_they_are_refused(api: Any, caplog: pytest.LogCaptureFixture):
    workflow_id = await api.workflow()
    caplog.set_level(logging.DEBUG, "torc_server.access")
    await api.ok("POST", f"/workflows/{workflow_id}/claim_next_jobs")
    await api.call("POST", "/workflows/999/claim_next_jobs")
    await api.ok("GET", "/workflows")
    assert lines(caplog) == [
        (logging.DEBUG, "claim_next_jobs", 200),
        (logging.INFO, "claim_next_jobs", 404),
        (logging.INFO, "workflows", 200),
    ]


async def test_a_claim_whose_client_left_before_it_ran_claims_nothing_and_is_logged_as_499(
    api: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    workflow_id = await api.workflow()
    await api.jobs(workflow_id, 1)
    await api.initialize(workflow_id)
    caplog.set_level(logging.DEBUG, "torc_server.access")
    call_of = dispatch.call_of

    async def call_of_a_client_that_leaves(parser: Any, request: Any) -> Any:
        call = await call_of(parser, request)
        request.transport.close()
        return call

    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "call_of", call_of_a_client_that_leaves)
        with pytest.raises(aiohttp.ClientError):
            await api.call("POST", f"/workflows/{workflow_id}/claim_next_jobs")
    assert lines(caplog) == [(logging.DEBUG, "claim_next_jobs", 499)]
    assert len((await api.claim(workflow_id))["jobs"]) == 1
