"""Jobs and workflows that are deleted while a runner works for them."""

import re

from support.processes import Place, Reports, Server, ended_after, is_alive


def test_a_running_job_is_not_deleted_and_a_deleted_parent_blocks_no_job(
    place: Place, server: Server, reports: Reports
):
    place.run("mkfifo", "go")
    spec = """
    name: deletions
    jobs:
      - {name: working, command: "echo begun > reports; read _ < go; touch ended"}
      - {name: parent, command: "touch never", depends_on: [working]}
      - {name: child, command: "touch ran", depends_on: [parent]}
    """
    workflow_id = str(place.torc("create", place.file("spec.yaml", spec))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id)) as runner:
        assert reports.next(of=[runner]) == ["begun"]
        refused = place.run("torc", "jobs", "delete", "1", status=1)
        assert "Job 'working' is running, and cannot be deleted; wait for its end, or cancel" in refused.stderr
        place.run("torc", "jobs", "delete-all", workflow_id, "--no-prompts", status=1)
        place.run("torc", "jobs", "delete", "2")
        (place.directory / "go").write_text("\n")
        runner.communicate()
        assert runner.returncode == 0
    statuses = {job["name"]: job["status"] for job in place.torc("jobs", "list", workflow_id)["items"]}
    assert statuses == {"working": "completed", "child": "completed"}
    files = {name for name in ("ended", "never", "ran") if (place.directory / name).exists()}
    assert files == {"ended", "ran"}
    server.stop()
    place.run("torc-server", "db", "check", "--database", server.database)


def test_the_runner_of_a_deleted_workflow_ends_its_processes(place: Place, server: Server, reports: Reports):
    spec = """
    name: deletions
    jobs:
      - {name: working, command: "echo $$ > reports; sleep 600; touch ended"}
      - {name: other, command: "sleep 600 & echo $! > reports; wait; touch ended"}
    """
    workflow_id = str(place.torc("create", place.file("spec.yaml", spec))["workflow_id"])
    with ended_after(place.start("torc", "run", workflow_id, "--max-parallel-jobs", "2")) as runner:
        pids = [int(line) for line in reports.next(2, of=[runner])]
        while place.torc("status", workflow_id)["jobs_by_status"]["running"] < 2:
            pass
        (deleted,) = place.torc("delete", workflow_id, "--no-prompts")
        assert (str(deleted["id"]), sorted(deleted["running_jobs"])) == (workflow_id, ["other", "working"])
        out, err = runner.communicate()
        assert runner.returncode != 0, (out, err)
        assert f"There is no workflow {workflow_id}" in err
        assert "other nodes may run them" not in err
        assert "Results kept in the journal and not sent: the workflow or its compute node was deleted" in err
        assert "the next run with this output folder sends them" not in err
        (kept,) = re.findall(r"not sent: .* path=(\S+)", err)
        assert (place.directory / kept).exists()
    assert not any(is_alive(pid) for pid in pids)
    assert not (place.directory / "ended").exists()
