import logging
from typing import Any

import pytest


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
