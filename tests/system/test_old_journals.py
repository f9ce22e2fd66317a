"""Journals of runs that are over and of deleted workflows are removed or set aside, and reported once."""

import json
from pathlib import Path

from support.journals import leave_journal, logs_of
from support.processes import Place, Reports, Server, ended_after

QUICK = {"name": "quick", "jobs": [{"name": "job", "command": "true"}]}


def set_aside(place: Place) -> list[Path]:
    return [*(place.directory / "torc_output" / "offline_journal" / "set_aside").glob("*.journal")]


def run(place: Place, workflow_id: int) -> None:
    place.run("torc", "run", str(workflow_id), "--output-dir", "torc_output", status=None)


def test_a_journal_whose_results_are_stored_is_deleted(place: Place, reports: Reports) -> None:
    server = Server(place).start()
    journal = leave_journal(place, server, reports)
    content = journal.read_bytes()
    with server:
        place.torc("workflows", "reconcile", "1")
        assert not journal.exists()
        journal.parent.mkdir(exist_ok=True)
        journal.write_bytes(content)
        place.run("torc", "init", "1", "--force", "--no-prompts")
        reconciled = place.torc("workflows", "reconcile", "1")
        assert (reconciled["results"], reconciled["skipped"], reconciled["set_aside"]) == (1, [], [])
        assert not journal.exists()
        results = place.torc("results", "list", "1", "--all-runs")["items"]
        assert [each["run_id"] for each in results] == [1]


def test_a_journal_of_an_earlier_run_is_set_aside_once(place: Place, reports: Reports) -> None:
    server = Server(place).start()
    journal = leave_journal(place, server, reports)
    with server:
        place.run("torc", "init", "1", "--force", "--no-prompts")
        with ended_after(place.start("torc", "run", "1", "--output-dir", "torc_output")) as runner:
            reports.next(of=[runner])
            (place.directory / "gate").write_text("go\n")
            runner.communicate()
        run(place, 1)
        assert not journal.exists()
        assert [path.name for path in set_aside(place)] == [journal.name]
        assert logs_of(place).count("Journal set aside") == 1
        assert "it has 1 result of run 1, which is over" in logs_of(place)


def test_a_journal_of_a_deleted_workflow_is_set_aside_once(place: Place, reports: Reports) -> None:
    server = Server(place).start()
    journal = leave_journal(place, server, reports)
    with server:
        place.torc("create", place.file("quick.json", json.dumps(QUICK)))
        place.run("torc", "delete", "1", "--force", "--no-prompts")
        for _ in range(2):
            run(place, 2)
        assert not journal.exists()
        assert [path.name for path in set_aside(place)] == [journal.name]
        assert logs_of(place).count("Journal set aside") == 1
        assert "workflow 1 was deleted" in logs_of(place)
