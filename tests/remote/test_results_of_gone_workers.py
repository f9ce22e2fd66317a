"""Results that a worker could not send are sent by `torc remote stop`, so that their jobs do not run again."""

import time

import pytest

from support.remote_hosts import REMOTE_HOSTS, RemoteHosts
from support.remote_workflow import RemoteWorkflow

pytestmark = REMOTE_HOSTS


@pytest.mark.parametrize("options", [[], ["--force"]], ids=["asked to end", "killed"])
def test_a_result_in_the_journal_is_sent_by_stop(workflow: RemoteWorkflow, hosts: RemoteHosts, options: list[str]):
    host = hosts[0]
    workflow.create(["echo began >> began; while [ ! -e go ]; do sleep 0.1; done"], hosts=[host])
    workflow.remote("run")
    workflow.wait_for_file(host.home / "began")
    host.cut("drop", port=workflow.server.port)
    host.write("go", "")
    journals = host.home / "torc_output/offline_journal"
    while not any(path.stat().st_size for path in journals.glob("*.journal")):
        time.sleep(0.05)
    stopped, progress = workflow.remote("stop", *options)
    worker = stopped[host.destination]
    assert (worker["jobs_ended"], worker["jobs_returned"]) == (1, 0), progress
    assert [(each["return_code"], each["attempt_id"]) for each in workflow.results()] == [(0, 1)]
    assert workflow.jobs()["job1"]["status"] == "completed"
    assert (host.home / "began").read_text() == "began\n"
    assert not any(node["is_active"] for node in workflow.nodes())
