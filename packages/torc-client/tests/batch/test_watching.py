"""Questions to a batch system about the allocations of a workflow, and corrections of the server's records."""

import os

import pytest

import batch_fakes as fakes
from torc_client.batch import systems
from torc_client.batch.watching import look, write

SUBMISSION = {
    "id": 4, "workflow_id": 7, "scheduler_config_id": 1, "scheduler_type": "toy", "num_allocations": 2,
    "mark": "torc-1", "status": "submitting", "created_at": "2026-01-01T00:00:00Z", "scheduled_compute_node_ids": [],
}  # fmt: skip


@pytest.fixture
def toy(monkeypatch):
    system = fakes.ToySystem({})
    monkeypatch.setitem(systems._SUPPORTED, "toy", lambda: systems.Support(system, None))
    return system


@pytest.fixture
def server(fake_server, make, tmp_path):
    fake_server.answer("get_workflow", make.workflow(7))
    fake_server.answer("list_submissions", fakes.page({**SUBMISSION, "folder": str(tmp_path)}))
    fake_server.answer("accept_submission", {**SUBMISSION, "folder": str(tmp_path)})
    fake_server.answer("reject_submission", {**SUBMISSION, "folder": str(tmp_path)})
    fake_server.answer("update_scheduled_compute_node", lambda call: call.body)
    return fake_server


def with_allocations(server, *records):
    server.answer("list_scheduled_compute_nodes", fakes.page(*records))
    of_id = {each["id"]: each for each in records}
    server.answer("get_scheduled_compute_node", lambda call: of_id[int(call.path["id"])])


async def looked(client):
    return await look(client, 7, again_after_seconds=0)


async def test_one_question_for_all_allocations_and_a_second_only_if_one_may_have_ended(client, server, toy):
    with_allocations(server, *(fakes.allocation(number, 60 + number) for number in range(5)))
    asked = []
    toy.listed = {each: fakes.RUNNING for number in range(5) for each in [fakes.AllocationId(str(60 + number))]}
    seen, toy.seen = toy.seen, lambda requests: asked.append(list(requests)) or seen(requests)
    await looked(client)
    assert asked == [["60", "61", "62", "63", "64"]]
    toy.listed.popitem()
    assert [change.known.record_id for change in (await looked(client)).ended] == [4]
    assert len(asked) == 3


async def test_allocations_of_other_users_may_be_hidden(client, server, toy, make, monkeypatch):
    with_allocations(server, fakes.allocation(20, 66))
    server.answer("get_workflow", make.workflow(7, user="grace"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = await looked(client)
    assert (found.ended, found.judgement.idle) == ([], frozenset())
    assert found.not_asked == [
        "Toy does not list the allocations 66, and may hide those of other users: grace can check them."
    ]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert (await looked(client)).ended


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_submission_without_an_answer(client, server, toy, tmp_path, is_known):
    with_allocations(
        server, *(fakes.allocation(number, 0, status="submitting", submission_id=4) for number in (24, 25))
    )
    (tmp_path / "submission_4").mkdir()
    toy.marks = {"torc-1": "80"} if is_known else {}
    found = await looked(client)
    for operation in ("accept_submission", "reject_submission"):
        assert server.calls_of(operation) == []
    await write(client, found)
    accepted = [call.body for call in server.calls_of("accept_submission")]
    assert accepted == ([{"is_array": True, "scheduler_id": 80}] if is_known else [])
    assert len(server.calls_of("reject_submission")) == (not is_known)
    assert (tmp_path / "submission_4").exists() is is_known


async def test_a_submission_of_another_machine_is_not_rejected(client, server, toy):
    with_allocations(server, fakes.allocation(24, 0, status="submitting", submission_id=4))
    server.answer("list_submissions", fakes.page({**SUBMISSION, "folder": "/none/such"}))
    assert (await looked(client)).answers == []


async def test_allocations_of_another_cluster_are_not_judged(client, server, toy):
    with_allocations(server, fakes.allocation(20, 66, submission_id=4), fakes.allocation(21, 67))
    toy.listed = {fakes.AllocationId("66"): fakes.CANCELED, fakes.AllocationId("67"): fakes.CANCELED}
    server.answer("list_submissions", fakes.page({**SUBMISSION, "folder": "/", "cluster": "south"}))
    found = await looked(client)
    assert [change.known.record_id for change in found.ended] == [21]
    assert found.judgement.idle == {21}
    assert found.not_asked == ["Toy was not asked about 66: they are in the cluster south. Repeat there."]
    server.answer("list_submissions", fakes.page({**SUBMISSION, "folder": "/", "cluster": "north"}))
    assert [change.known.record_id for change in (await looked(client)).ended] == [20, 21]


async def test_a_submission_of_another_cluster_is_not_rejected(client, server, toy, tmp_path):
    with_allocations(server, fakes.allocation(24, 0, status="submitting", submission_id=4))
    server.answer("list_submissions", fakes.page({**SUBMISSION, "folder": str(tmp_path), "cluster": "south"}))
    assert (await looked(client)).answers == []


async def test_the_secrets_of_a_submission_end_with_its_last_allocation(client, server, toy, tmp_path):
    members = {"submission_id": 4, "folder": str(tmp_path)}
    with_allocations(server, *(fakes.allocation(n, 66, task=n, **members) for n in (1, 2)))
    secrets = tmp_path / "submission_4"
    secrets.mkdir()
    toy.listed = {fakes.AllocationId("66", 1): fakes.CANCELED, fakes.AllocationId("66", 2): fakes.RUNNING}
    await write(client, await looked(client))
    assert secrets.exists()
    toy.listed[fakes.AllocationId("66", 2)] = fakes.CANCELED
    await write(client, await looked(client))
    assert not secrets.exists()


async def test_a_batch_system_that_torc_does_not_know(client, server):
    with_allocations(server, fakes.allocation(20, 66, scheduler_type="unknown"))
    (sentence,) = (await looked(client)).not_asked
    assert "'unknown' is not a batch system" in sentence


@pytest.mark.parametrize("wrong", [-5, 0, 2**31])
async def test_an_id_that_no_batch_system_gives_is_not_asked_for(client, server, toy, wrong):
    with_allocations(server, fakes.allocation(20, 66), fakes.allocation(30, wrong))
    toy.listed = {fakes.AllocationId("66"): fakes.QUEUED, fakes.AllocationId(str(wrong)): fakes.QUEUED}
    found = await looked(client)
    assert list(found.seen) == [20]
    (sentence,) = found.not_asked
    assert sentence.startswith(f"Toy was not asked about {wrong}: it gives no such ids.")
