"""Results and runners of one database leave another one alone: a second server, a restored backup, a copied file."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from support.journals import GATED, leave_journal, logs_of
from support.processes import Place, Reports, Server, ended_after


def spec_of(place: Place, name: str, command: str) -> Path:
    content = {"name": name, "jobs": [{"name": "job", "command": command}]}
    return place.file(f"{name}.json", json.dumps(content))


@pytest.mark.parametrize("is_copied", [False, True], ids=["second server", "copied file"])
def test_a_journal_is_not_sent_to_another_database(place: Place, reports: Reports, *, is_copied: bool) -> None:
    """The ids of both databases begin at 1, so the result would be taken for the one of another job."""
    first = Server(place).start()
    if is_copied:
        first.stop()
        shutil.copy(first.database, place.directory / "second.db")
        first.start()
    journal = leave_journal(place, first, reports)
    with Server(place, database="second.db") as second:
        place.torc("create", spec_of(place, "other", "echo here > reports; read go < gate; exit 3"))
        with ended_after(place.start("torc", "run", "1", "--output-dir", "other_output")) as runner:
            reports.next(of=[runner])
            for _ in range(2):  # further runners beside it, whose folder has the journal
                stopped = place.run("torc", "run", "1", "--output-dir", "torc_output", "--exit-when-idle", status=None)
                assert "it is of another database" in logs_of(place), stopped.stderr
            refused = place.run("torc", "workflows", "reconcile", "1", status=1)
            (place.directory / "gate").write_text("go\n")
            runner.communicate()
        assert "it is of another database" in refused.stdout
        assert logs_of(place).count("Journal skipped") == 1
        results = place.torc("results", "list", "1")["items"]
        assert [each["return_code"] for each in results] == [3]
        assert journal.exists()
        second.stop()
    with first:
        reconciled = place.torc("workflows", "reconcile", "1")
        assert (reconciled["journals"], reconciled["results"]) == (1, 1)
        assert place.torc("jobs", "list", "1")["items"][0]["status"] == "completed"
    assert not journal.exists()


def restore(place: Place, server: Server) -> None:
    """Put an earlier state of the database in its place, which is in the file `backup.db`."""
    shutil.copyfile(place.directory / "backup.db", server.database)
    for suffix in ("-wal", "-shm"):
        server.database.with_name(server.database.name + suffix).unlink(missing_ok=True)


@pytest.mark.parametrize("with_torc", [True, False], ids=["db backup", "cp"])
def test_a_stopped_runner_leaves_a_restored_database_alone(place: Place, reports: Reports, *, with_torc: bool) -> None:
    server = Server(place).start()
    if with_torc:
        place.run("torc-server", "db", "backup", "--database", server.database, place.directory / "backup.db")
    else:
        server.stop()
        shutil.copyfile(server.database, place.directory / "backup.db")
        server.start()
    os.mkfifo(place.directory / "gate")
    place.torc("create", place.file("gated.json", json.dumps(GATED)))
    with ended_after(place.start("torc", "run", "1", "--output-dir", "torc_output")) as runner:
        reports.next(of=[runner])
        runner.send_signal(signal.SIGSTOP)
        server.stop()
        restore(place, server)
        server.start()
        place.torc("create", spec_of(place, "other", "exit 3"))
        place.run("torc", "run", "1", "--output-dir", "other_output", status=None)
        runner.send_signal(signal.SIGCONT)
        _, err = runner.communicate()
    assert runner.returncode != 0
    assert "Database replaced" in err
    assert "another database now, without workflow 1 'gated'" in err
    results = place.torc("results", "list", "1")["items"]
    assert [each["return_code"] for each in results] == [3]
    nodes = place.torc("compute-nodes", "list", "1")["items"]
    assert len(nodes) == 1
    server.stop()


def test_a_runner_continues_in_a_restored_database_that_has_its_workflow(place: Place, reports: Reports) -> None:
    """The attempt that ran is not known there. It is ended, and the job runs again."""
    os.mkfifo(place.directory / "gate")
    with Server(place) as server:
        command = "echo here > reports; read go < gate; echo done >> done"
        place.torc("create", spec_of(place, "gated", command))
        with ended_after(place.start("torc", "run", "1", "--output-dir", "torc_output")) as runner:
            reports.next(of=[runner])
            place.run("torc-server", "db", "backup", "--database", server.database, place.directory / "backup.db")
            server.stop()
            restore(place, server)
            server.start()
            reports.next(of=[runner])
            (place.directory / "gate").write_text("go\n")
            _, err = runner.communicate()
        assert runner.returncode == 0, err
        assert "Database replaced" in err
        assert place.torc("jobs", "list", "1")["items"][0]["status"] == "completed"
    assert (place.directory / "done").read_text() == "done\n"
