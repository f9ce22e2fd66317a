"""`torc watch` in a terminal: sentences above the bar, words for people; in a pipe, those of Torc 1.0 too."""

import re

import pytest

from cli_wording import ALL_SUCCEEDED
from program_in_terminal import in_terminal
from torc_client.api.enums import JobStatus
from torc_client.api.records import JobStatusCounts
from torc_client.testing import Refusal

ERASED = "\r<ESC>[2K"
PAGE = {"offset": 0, "max_limit": 10_000, "has_more": False}
NEEDS = {"id": 3, "workflow_id": 7, "name": "small", "memory": "100m", "runtime": "PT10M", "num_cpus": 1}
FOR_SCRIPTS = (
    "Attempting automatic recovery.", "Applied fixes: 1 OOM, 0 timeout.", "Recovery initiated. Resuming monitoring.",
)  # fmt: skip


def page(*items):
    return {"items": list(items), "count": len(items), "total_count": len(items), **PAGE}


def counts(**members):
    return JobStatusCounts(**dict.fromkeys(JobStatusCounts.__struct_fields__, 0) | members)


@pytest.fixture
def failing(fake_server, make):
    """Return a function that answers with one failed job with this return code; after a restart it succeeds."""

    def answer(return_code):
        job = make.job(1, status=JobStatus.FAILED, resource_requirements_id=3)
        result = make.result(1, return_code=return_code, status=JobStatus.FAILED)

        def of_failed(records):
            return lambda call: records if call.query.get("status") in {None, "failed"} else page()

        before, after = (make.status(run_id=1, jobs_by_status=counts(**{how: 1})) for how in ("failed", "completed"))
        fake_server.answer("get_workflow_status", lambda _: after if fake_server.calls_of("restart_jobs") else before)
        fake_server.answer("get_workflow", make.workflow(7))
        fake_server.answer("get_job", job)
        fake_server.answer("list_jobs", of_failed(make.jobs([job])))
        fake_server.answer("list_results", of_failed(page(result)))
        fake_server.answer("list_resource_requirements", page(NEEDS))
        for name in ("list_files", "list_compute_nodes", "list_scheduled_compute_nodes", "list_slurm_schedulers"):
            fake_server.answer(name, page())
        fake_server.answer("list_remote_workers", [])
        fake_server.answer("get_compute_node", Refusal(404, "No such node"))
        fake_server.answer("get_job_output", Refusal(404, "No output"))
        fake_server.answer("create_event", {"id": 1, "workflow_id": 7, "data": {}, "timestamp": 0})
        fake_server.answer("restart_jobs", {"run_id": 2, "updated_count": 1})
        return fake_server

    return answer


def before(text, sentence):
    """Return what stands in front of a sentence in its line, with control sequences."""
    at = text.index(sentence)
    return text[text.rfind("\n", 0, at) + 1 : at]


async def test_a_sentence_has_a_line_of_its_own(fake_server, make, tmp_path):
    going = make.status(is_complete=False, active_compute_nodes=1, jobs_by_status=counts(completed=1, running=1))
    fake_server.script("get_workflow_status", [going, make.status(jobs_by_status=counts(completed=2))])
    fake_server.answer("is_workflow_complete", {"is_complete": True, "is_canceled": False})
    fake_server.answer("list_slurm_schedulers", page())
    fake_server.answer("list_remote_workers", [])
    shown = await in_terminal(fake_server.url, ["watch", "7", "-p", "0.1", "-o", str(tmp_path)], 80)
    assert before(shown, ALL_SUCCEEDED).endswith(ERASED)
    # The last line of the bar is erased before the table.
    assert re.search(r"\n(<ESC>\[\?25h)?\r<ESC>\[1A<ESC>\[2KWorkflow 7\n", shown)


async def test_a_recovery_names_the_jobs_and_what_changes(failing, tmp_path):
    server = failing(137)
    shown = await in_terminal(server.url, ["watch", "7", "--recover", "-p", "0.1", "-o", str(tmp_path)], 200)
    assert re.search(r"<ESC>\[2Kjob1 \(job 1\) failed: ", shown)
    assert re.search(r"<ESC>\[2KRecovery 1 .*100m -> 150m\.\n", shown)
    assert "torc logs show 1" in shown
    (log,) = tmp_path.glob("watch_*_wf7.log")
    assert [sentence in shown for sentence in FOR_SCRIPTS] == [False] * 3
    assert [sentence in log.read_text() for sentence in FOR_SCRIPTS] == [True] * 3


async def test_scripts_find_the_sentences_of_torc_1_0(torc, failing, tmp_path):
    failing(137)
    ended = await torc("watch", "7", "--recover", "-p", "0.1", "-o", str(tmp_path))
    assert [sentence in ended.err for sentence in FOR_SCRIPTS] == [True] * 3
    ended.told()


@pytest.mark.parametrize("options", [["--recover"], ["--recover", "--retry-unknown", "-m", "0"], []])
async def test_jobs_that_are_not_recovered_are_named_with_their_output(torc, failing, tmp_path, options):
    server = failing(5)
    ended = await torc("watch", "7", *options, "-p", "0.1", "-o", str(tmp_path))
    assert ended.code == 1
    ended.told(" ".join(options))
    assert not server.calls_of("restart_jobs")
