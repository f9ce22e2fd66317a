"""What one request costs is bounded by its size, and its values and lists by its operation."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from torc_server.api.document import API_ROOT
from torc_server.api.table import OPERATIONS
from torc_server.live.api_events import ApiEvents
from torc_server.resources.bounds import MANY_RECORDS, ONE_RECORD, bounds_of
from torc_server.resources.fields import LONGEST_TEXT
from torc_server.resources.json_fields import MOST_RECORDS, MOST_VALUES_OF_TEXT
from torc_server.resources.steps import step
from torc_server.web.bodies import Bodies
from torc_server.web.errors import RequestError

# With a quadratic algorithm, the requests of these tests take many minutes.
PATIENCE_SECONDS = 100


async def test_a_repeated_member_is_found_in_linear_time(api: Any) -> None:
    members = b",".join(b'"m%d":1' % number for number in range(200_000))
    async with asyncio.timeout(PATIENCE_SECONDS):
        reply = await api.call("POST", "/workflows", b"{%b,%b}" % (members, b'"m199999":1'))
    assert (reply.status, "'m199999' occurs twice" in reply.message) == (400, True)


async def test_a_repeated_name_of_a_spawned_job_is_found_in_linear_time(api: Any) -> None:
    workflow_id = await api.workflow()
    (caller,) = await api.jobs(workflow_id, 1)
    jobs = [{"name": f"s{number}", "command": "true"} for number in range(100_000)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        reply = await api.call("POST", f"/jobs/{caller}/spawn_jobs", {"jobs": [*jobs, jobs[-1]]})
    assert (reply.status, "'s99999'" in reply.message) == (422, True)


@pytest.mark.parametrize(
    ("path", "begin", "end"),
    [
        ("/bulk_user_data", b'{"user_data":[{"workflow_id":1,"name":"u","data":[', b"{}]}]}"),
        ("/events", b'{"workflow_id":1,"timestamp":1,"data":[', b"{}]}"),
        ("/bulk_jobs", b'{"unknown":[', b"{}]}"),
        ("/workflows", b'{"name":"w","unknown":[', b"{}]}"),
    ],
)
async def test_a_body_of_too_many_values_is_refused(api: Any, path: str, begin: bytes, end: bytes) -> None:
    reply = await api.call("POST", path, begin + b"{}," * MANY_RECORDS.num_values + end)
    most = ONE_RECORD.num_values if path == "/workflows" else MANY_RECORDS.num_values
    assert (reply.status, f"more than {most} values" in reply.message) == (413, True)


async def test_characters_of_texts_are_not_values(api: Any) -> None:
    text = "[{,}]\\" * 1000
    workflow_id = await api.workflow()
    records = [{"workflow_id": workflow_id, "name": f"u{number}", "data": text} for number in range(1500)]
    body = json.dumps({"user_data": records}).encode()
    assert sum(map(body.count, (b",", b"[", b"{"))) > MANY_RECORDS.num_values / 2
    assert len((await api.ok("POST", "/bulk_user_data", body))["user_data"]) == 1500


async def test_a_list_has_a_largest_length(api: Any) -> None:
    workflow_id = await api.workflow()
    jobs = [{"workflow_id": workflow_id, "name": "j", "command": "c"}] * (MOST_RECORDS + 1)
    reply = await api.call("POST", "/bulk_jobs", {"jobs": jobs})
    assert (reply.status, f"jobs: must have at most {MOST_RECORDS} items" in reply.message) == (400, True)


async def test_a_text_has_a_largest_length(api: Any) -> None:
    body = {"workflow_id": await api.workflow(), "name": "j", "command": "c" * (LONGEST_TEXT + 1)}
    reply = await api.call("POST", "/jobs", body)
    assert (reply.status, f"command: must have at most {LONGEST_TEXT} characters" in reply.message) == (400, True)


async def test_json_in_a_text_has_a_largest_number_of_values(api: Any) -> None:
    text = '{"a":[' + "{}," * MOST_VALUES_OF_TEXT + "{}]}"
    reply = await api.call("POST", "/workflows", {"name": "w", "user": "u", "metadata": text})
    assert (reply.status, "metadata: must have at most" in reply.message) == (400, True)


async def test_an_error_names_the_first_invalid_records(api: Any) -> None:
    jobs = [{"workflow_id": 1, "name": number, "command": "c"} for number in range(MOST_RECORDS)]
    reply = await api.call("POST", "/bulk_jobs", {"jobs": jobs})
    assert reply.status == 400
    assert "jobs.4.name: must be a text" in reply.message
    assert reply.message.endswith("(and more)")
    assert len(reply.text) < 1000


async def test_a_refused_correction_names_few_of_its_jobs(api: Any) -> None:
    workflow_id = await api.workflow()
    made = await api.ok("POST", "/resource_requirements", {"workflow_id": workflow_id, "name": "r"})
    change = {"resource_requirements_id": made["id"], "job_ids": list(range(10**6, 10**6 + 100_000))}
    body = {"corrections": [change]}
    reply = await api.call("POST", f"/workflows/{workflow_id}/correct_resource_requirements", body)
    assert (reply.status, len(reply.text) < 1000) == (404, True)


async def test_large_bodies_share_a_memory(serve: Any) -> None:
    """A third body is refused while two others are being sent; one that was refused or left uses no memory."""
    mib = 1024**2
    enough = asyncio.Event()

    async def unfinished() -> AsyncIterator[bytes]:
        for _ in range(31):
            yield b" " * mib
        await enough.wait()

    async def whole() -> AsyncIterator[bytes]:
        for _ in range(31):
            yield b" " * mib

    async with serve(body_max_bytes=32 * mib) as api:

        async def sent() -> None:
            # It is refused itself if a body of the loop below came first.
            while (await api.client.post(API_ROOT + "/events", data=unfinished())).status == 503:
                pass

        sending = [asyncio.create_task(sent()) for _ in range(2)]
        status = 0
        while status != 503:  # until both have arrived
            async with api.client.post(API_ROOT + "/events", data=whole()) as response:
                status = response.status
                assert status in (400, 503)
        for each in sending:
            each.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        while status != 400:  # until the server has seen that both have left
            async with api.client.post(API_ROOT + "/events", data=whole()) as response:
                status = response.status
                assert status in (400, 503)
        enough.set()


async def test_decoding_ends_when_the_caller_leaves_and_when_the_server_stops() -> None:
    bodies, begun, ended = Bodies(1024, ApiEvents(1024)), threading.Semaphore(0), threading.Semaphore(0)

    def decode_forever() -> None:
        begun.release()
        try:
            while True:
                step()
        finally:
            ended.release()

    left = asyncio.create_task(bodies.run(decode_forever))
    await asyncio.to_thread(begun.acquire)
    left.cancel()
    await asyncio.to_thread(ended.acquire)
    stopped = asyncio.create_task(bodies.run(decode_forever))
    await asyncio.to_thread(begun.acquire)
    bodies.close()
    with pytest.raises(RequestError, match="stopping"):
        await stopped
    await asyncio.to_thread(ended.acquire)


def test_every_body_has_bounds() -> None:
    large = {each.id for each in OPERATIONS if each.body is not None and bounds_of(each.body) is MANY_RECORDS}
    assert {"create_jobs", "create_files", "update_user_data", "report_and_claim", "spawn_jobs"} <= large
    assert not {"create_workflow", "update_job", "complete_job"} & large
