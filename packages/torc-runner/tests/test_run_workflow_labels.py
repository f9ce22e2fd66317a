"""The labels of a runner are sent with each claim."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from fake_workflow import FakeWorkflow, explained_kind, explanation, page
from torc_client.client import TorcClient
from torc_client.testing import FakeServer
from torc_runner.machine.instructions import ExitReason
from torc_runner.run_workflow import run_workflow
from torc_runner.settings import Settings


@pytest.fixture
def run(serve: Callable[..., FakeWorkflow], server: FakeServer, tmp_path: Path) -> Callable[..., Awaitable[None]]:
    """Return a function that runs a workflow of three jobs with these settings."""

    async def run_it(**settings):
        serve({}, {}, {})
        chosen = Settings(**{"output_dir": tmp_path / "out", "num_cpus": 1, "memory_gb": 4, **settings})
        async with TorcClient(server.url) as client:
            await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)

    return run_it


async def test_claims_by_resources_and_the_record_of_the_node_have_the_labels(run, server, tmp_path):
    await run(labels=("gpu box", "x"), also_unlabeled=True)
    claims = [call.body for call in server.calls_of("claim_jobs_based_on_resources")]
    assert {(*claim["labels"], claim["also_unlabeled"]) for claim in claims} == {("gpu box", "x", True)}
    exchanged = [call.body["claim"] for call in server.calls_of("report_and_claim") if call.body.get("claim")]
    assert {(*claim["labels"], claim["also_unlabeled"]) for claim in exchanged} == {("gpu box", "x", True)}
    (node,) = server.calls_of("create_compute_node")
    assert (node.body["labels"], node.body["also_unlabeled"]) == (["gpu box", "x"], True)
    (log,) = (tmp_path / "out").glob("job_runner_*.log")
    assert 'labels="gpu box,x"' in log.read_text()


async def test_claims_with_max_parallel_jobs_have_the_labels(run, server):
    await run(labels=("x", "y z"), max_parallel_jobs=1)
    assert {call.query["labels"] for call in server.calls_of("claim_next_jobs")} == {"x,y z"}


async def test_with_max_parallel_jobs_the_log_has_the_jobs_with_other_labels(serve, server, tmp_path):
    fake = serve({"name": "b", "labels": ["gpu"]})
    fake.ready.clear()
    fake.workflow["compute_node_wait_for_new_jobs_seconds"] = 1
    server.answer("explain_workflow", explanation(explained_kind(5, labels=["gpu"], lacks_label=True, fits=False)))
    chosen = Settings(output_dir=tmp_path / "out", max_parallel_jobs=2)
    async with TorcClient(server.url) as client:
        await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
    (log,) = (tmp_path / "out").glob("job_runner_*.log")
    assert 'job_name=b reason="requires a runner that was started with --label gpu"' in log.read_text()


@pytest.mark.parametrize(
    ("settings", "asked"),
    [({}, {""}), ({"labels": ("x", "y")}, {"x,y"}), ({"labels": ("x",), "also_unlabeled": True}, {"x", ""})],
)
async def test_a_persistent_runner_asks_for_jobs_that_it_could_claim(serve, server, tmp_path, settings, asked):
    fake = serve({})
    fake.ready.clear()  # another runner has the job
    server.answer("list_jobs", lambda call: page([]) if "status" in call.query else fake.list_jobs(call))
    chosen = Settings(output_dir=tmp_path / "out", num_cpus=1, memory_gb=4, persistent=True, **settings)
    async with TorcClient(server.url) as client:
        summary = await run_workflow(client, 1, chosen, echo=logging.NullHandler(), show=lambda _: None)
    assert summary.exit_reason is ExitReason.IDLE
    questions = [call.query for call in server.calls_of("list_jobs") if "labels" in call.query]
    assert {each["labels"] for each in questions} == asked
    assert {each["status"] for each in questions} >= {"ready", "blocked", "running"}


async def test_claims_of_a_runner_without_labels_have_no_member_for_them(run, server):
    """Older servers do not have this member."""
    await run()
    claims = [call.body for call in server.calls_of("claim_jobs_based_on_resources")]
    exchanged = [call.body["claim"] for call in server.calls_of("report_and_claim") if call.body.get("claim")]
    assert not [claim for claim in (*claims, *exchanged) if claim.get("labels") is not None]
    assert not [claim for claim in (*claims, *exchanged) if claim.get("also_unlabeled") is not None]
