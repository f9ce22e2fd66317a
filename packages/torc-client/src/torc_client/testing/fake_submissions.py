"""The submissions of a workflow on a fake server."""

from typing import Any

from torc_client.testing.fake_batch_system import TYPE
from torc_client.testing.fake_server import FakeServer, Received, Refusal

Json = dict[str, Any]
FIRST_ID = 10


class FakeSubmissions:
    """Answers the operations on submissions, and stores them by their ids. `token` is that of new ones."""

    def __init__(self, server: FakeServer, workflow_id: int = 7) -> None:
        self.token: str | None = "torc_1_secret"  # noqa: S105 - of a test
        self.by_id: dict[int, Json] = {}
        self._workflow_id = workflow_id
        server.answer("create_submission", self.create)
        server.answer("accept_submission", lambda call: self._change(call, "accepted"))
        server.answer("reject_submission", lambda call: self._change(call, "rejected"))
        server.answer("list_submissions", self._list)

    def statuses(self) -> list[str]:
        """Return the status of each submission."""
        return [each["status"] for each in self.by_id.values()]

    def create(self, call: Received) -> Json | Refusal:
        """Answer a new submission."""
        action_id = call.body.get("action_id")
        claimed = {each["action_id"] for each in self.by_id.values() if each["status"] != "rejected"}
        if action_id is not None and action_id in claimed:
            return Refusal(409, f"Action {action_id} is already claimed")
        number = len(self.by_id) + 1
        sent = {name: value for name, value in call.body.items() if name != "token_lifetime_seconds"}
        record: Json = {
            "id": number, "workflow_id": self._workflow_id, "mark": f"mark-{number}", "status": "submitting",
            "created_at": "2026-01-01T00:00:00Z", "scheduler_type": TYPE, "action_id": None,
            "scheduled_compute_node_ids": [FIRST_ID * number + each for each in range(sent["num_allocations"])], **sent,
        }  # fmt: skip
        self.by_id[number] = record
        return {**record, "token": self.token, "token_expires_at": None}

    def _change(self, call: Received, status: str) -> Json:
        record = self.by_id[call.path["id"]]
        record |= {"status": status} | {name: value for name, value in call.body.items() if name != "is_array"}
        return record

    def _list(self, call: Received) -> Json:
        items = [each for each in self.by_id.values() if call.query.get("status") in {None, each["status"]}]
        count = len(items)
        return {
            "items": items, "count": count, "total_count": count, "offset": 0, "max_limit": count, "has_more": False,
        }  # fmt: skip
