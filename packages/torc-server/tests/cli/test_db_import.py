"""``torc-server db import``: takes over databases of Torc 0.12 and 1.0."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support import earlier_databases
from support.earlier_databases import EarlierDatabase, Version, create, keep
from torc_server.cli.db import db
from torc_server.store.migrate import migrate, newest_schema

OPEN = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT * FROM job").fetchall()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture(params=["0.12", "1.0"])
def old(request: pytest.FixtureRequest, here: Path) -> Iterator[EarlierDatabase]:
    database = create(here / "old.db", request.param)
    yield database
    database.connection.close()


def torc(*arguments: object) -> Result:
    return CliRunner().invoke(db, [str(each) for each in arguments])


def imported(old: EarlierDatabase) -> Result:
    """Import the database into new.db, which is then without errors."""
    keep(old)
    done = torc("import", "old.db", "--into", "new.db")
    assert done.exit_code == 0, done.output
    check = torc("check", "--database", "new.db")
    assert check.stdout == f"new.db: no errors, schema {newest_schema()}\n"
    return done


def rows(query: str, path: str = "new.db") -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] if len(row) == 1 else row for row in connection.execute(query)]


def statuses() -> dict[str, int]:
    return dict(rows("SELECT name, status FROM job"))


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def test_records_keep_their_ids_and_values(old: EarlierDatabase) -> None:
    for number in range(3):
        old.connection.execute("DELETE FROM workflow WHERE id = ?", [old.workflow(f"gone {number}")])
    workflow_id = old.workflow("kept", run_id=2, resource_monitor_config={"enabled": True})
    needed = old.requirements(workflow_id)
    node_id = old.node(workflow_id)
    handler_id = old.add("failure_handler", workflow_id=workflow_id, name="again", rules=[{"exit_codes": [3]}])
    file_id = old.add("file", workflow_id=workflow_id, name="in", path="in.txt", st_mtime=1.5)
    data_id = old.add("user_data", workflow_id=workflow_id, name="limit", is_ephemeral=0, data={"low": 1})
    scheduler_id = old.add("slurm_scheduler", workflow_id=workflow_id, name="s", account="lab", walltime="1:00:00")
    first = old.job(workflow_id, "first", 5, resource_requirements_id=needed, failure_handler_id=handler_id)
    second = old.job(workflow_id, "second", 2, after=(first,), invocation_script="", scheduler_id=0)
    old.add("job_output_file", job_id=first, file_id=file_id, workflow_id=workflow_id)
    old.add("job_input_user_data", job_id=second, user_data_id=data_id)
    old.result(workflow_id, first, node_id, return_code=3, status=6)
    result_id = old.result(workflow_id, first, node_id, return_code=0, status=5, run_id=2, peak_memory_bytes=7)
    group_id = old.add("access_group", name="lab", created_at="2026-10-20 10:00:00")
    old.add("user_group_membership", user_name="ada", group_id=group_id, role="admin", created_at="2026-10-20 10:00:00")
    old.add("workflow_access_group", workflow_id=workflow_id, group_id=group_id, created_at="2026-10-20 10:00:00")
    when = "2026-10-20T10:00:00.500Z" if old.version == "0.12" else 1792490400500
    event_id = old.add("event", workflow_id=workflow_id, timestamp=when, data={"category": "note"})
    done = imported(old)
    assert done.stdout.startswith("new.db: 1 workflow, 2 jobs, 1 dependency, 2 results, 1 event of old.db (schema 2026")
    assert rows("SELECT id, name, user, run_id, resource_monitor_config, compute_node_expiration_buffer_seconds"
                " FROM workflow") == [
        (workflow_id, "kept", "ada", 2, '{"enabled": true}', 60 if old.version == "0.12" else None)
    ]  # fmt: skip
    assert rows("SELECT id, name, status, failure_handler_id, current_result_id, scheduler_id, invocation_script"
                " FROM job") == [
        (first, "first", 5, handler_id, result_id, None, None), (second, "second", 2, None, None, None, None)
    ]  # fmt: skip
    assert rows("SELECT job.name, needed.name FROM job JOIN resource_requirements AS needed"
                " ON needed.id = job.resource_requirements_id") == [
        ("first", "small"), ("second", "default")
    ]  # fmt: skip
    assert rows("SELECT id, run_id, return_code, peak_memory_bytes FROM result") == [
        (result_id - 1, 1, 3, None), (result_id, 2, 0, 7)
    ]  # fmt: skip
    assert rows("SELECT id, timestamp FROM event") == [(event_id, 1792490400500)]
    assert rows("SELECT job_id, file_id FROM job_output_file") == [(first, file_id)]
    assert rows("SELECT job_id, user_data_id FROM job_input_user_data") == [(second, data_id)]
    assert rows("SELECT id, nodes FROM slurm_scheduler") == [(scheduler_id, 1)]
    assert rows("SELECT created_at FROM workflow_access_group") == ["2026-10-20T10:00:00.000Z"]
    assert rows("SELECT user_name, role FROM user_group_membership") == [("ada", "admin")]
    assert rows("SELECT seq FROM sqlite_sequence WHERE name = 'workflow'") == [workflow_id]


def test_ids_of_deleted_records_are_not_used_again(old: EarlierDatabase) -> None:
    workflow_id = old.workflow()
    gone = old.job(workflow_id, "gone", 0)
    old.connection.execute("DELETE FROM job WHERE id = ?", [gone])
    imported(old)
    with closing(sqlite3.connect("new.db")) as connection:
        made = connection.execute(
            "INSERT INTO job (workflow_id, name, command, resource_requirements_id) VALUES (1, 'n', 'true', 1)"
        )
        assert made.lastrowid == gone + 1


def test_dependents_that_were_not_yet_released_are_released(old: EarlierDatabase) -> None:
    """The earlier servers unblock in the background, some seconds after the end of a job."""
    workflow_id = old.workflow()
    node_id = old.node(workflow_id)
    good = old.job(workflow_id, "good", 5)
    old.result(workflow_id, good, node_id, return_code=0, status=5)
    bad = old.job(workflow_id, "bad", 6)
    old.result(workflow_id, bad, node_id, return_code=1, status=6)
    old.job(workflow_id, "after good", 1, after=(good,))
    canceled = old.job(workflow_id, "after bad", 1, after=(bad,))
    old.job(workflow_id, "after canceled", 1, after=(canceled,))
    old.job(workflow_id, "despite bad", 1, after=(bad,), cancel_on_blocking_job_failure=0)
    old.job(workflow_id, "canceled before", 7, after=(bad, good))
    imported(old)
    expected = {"good": 5, "bad": 6, "after good": 2, "after bad": 7, "after canceled": 7, "despite bad": 2}
    assert statuses() == {**expected, "canceled before": 7}
    assert sorted(rows("SELECT name FROM job WHERE canceled_by_cascade")) == [
        "after bad", "after canceled", "canceled before",
    ]  # fmt: skip


def test_running_jobs_stay_on_active_nodes_and_return_from_others(old: EarlierDatabase) -> None:
    workflow_id = old.workflow()
    alive, dead = old.node(workflow_id, is_active=1), old.node(workflow_id)
    old.job(workflow_id, "alive", 4, node_id=alive)
    old.job(workflow_id, "dead", 4, node_id=dead)
    old.job(workflow_id, "claimed", 3)
    other = old.workflow("without runners")
    old.job(other, "lost claim", 3)
    done = imported(old)
    assert statuses() == {"alive": 4, "dead": 2, "claimed": 3, "lost claim": 2}
    assert rows("SELECT name, attempt_id FROM job WHERE attempt_id > 1") == [("dead", 2), ("lost claim", 2)]
    assert rows("SELECT active_compute_node_id FROM job WHERE name = 'alive'") == [alive]
    assert rows("SELECT claimed_by_node_id FROM job WHERE name = 'claimed'") == [alive]
    assert "pending or running jobs whose node had ended are ready again: 2" in done.stderr
    assert "import again with --runners-ended: 1" in done.stderr
    again = torc("import", "old.db", "--into", "second.db", "--runners-ended")
    assert (again.exit_code, "--runners-ended" in again.stderr) == (0, False)
    assert set(rows("SELECT status FROM job", "second.db")) == {2}
    assert torc("check", "--database", "second.db").exit_code == 0


def test_a_job_that_can_run_gets_an_attempt_without_a_result(old: EarlierDatabase) -> None:
    workflow_id = old.workflow()
    node_id = old.node(workflow_id)
    again = old.job(workflow_id, "again", 2)
    old.result(workflow_id, again, node_id, return_code=1, status=6, attempt_id=2)
    imported(old)
    assert rows("SELECT attempt_id FROM job") == [3]


def test_repeated_records_of_lineages_keep_their_data(old: EarlierDatabase) -> None:
    workflow_id = old.workflow()
    name = "__torc_lineage__x"
    first, second = (
        old.add("user_data", workflow_id=workflow_id, name=name, is_ephemeral=0, data={"n": n}) for n in range(2)
    )
    imported(old)
    assert rows("SELECT id, name FROM user_data ORDER BY id") == [(first, name), (second, f"{name}__{second}")]


def test_a_canceled_workflow_keeps_its_blocked_jobs(old: EarlierDatabase) -> None:
    workflow_id = old.workflow(is_canceled=1)
    first = old.job(workflow_id, "first", 7)
    old.job(workflow_id, "second", 1, after=(first,))
    imported(old)
    assert statuses() == {"first": 7, "second": 1}
    assert rows("SELECT is_canceled FROM workflow") == [1]


def test_actions_count_jobs_that_are_complete(old: EarlierDatabase) -> None:
    workflow_id = old.workflow()
    node_id = old.node(workflow_id)
    first, second = old.job(workflow_id, "first", 5), old.job(workflow_id, "second", 2)
    action = {"workflow_id": workflow_id, "action_type": "run_commands", "action_config": {"commands": ["true"]}}
    old.add("workflow_action", **action, trigger_type="on_jobs_complete", job_ids=[first, second, first],
            required_triggers=3, trigger_count=1)  # fmt: skip
    old.add("workflow_action", **action, trigger_type="on_workflow_start", trigger_count=1, executed=1,
            executed_by=node_id)  # fmt: skip
    old.add("workflow_action", **action, trigger_type="on_jobs_ready", job_ids=[first, second], required_triggers=2,
            trigger_count=2, executed=1)  # fmt: skip
    imported(old)
    assert rows("SELECT trigger_count, required_triggers, executed FROM workflow_action ORDER BY id") == [
        (1, 2, 0), (1, 1, 1), (2, 2, 1)
    ]  # fmt: skip
    assert rows("SELECT job_id, counted FROM workflow_action_job WHERE action_id = 1 ORDER BY 1") == [
        (first, 1), (second, 0)
    ]  # fmt: skip


def test_rows_that_refer_to_missing_rows_are_left_out(old: EarlierDatabase) -> None:
    workflow_id = old.workflow()
    job_id = old.job(workflow_id, "job", 5)
    old.result(workflow_id, job_id, 99, return_code=0, status=5)
    old.job(77, "orphan", 5)
    old.add("file", workflow_id=77, name="orphan", path="x")
    done = imported(old)
    assert statuses() == {"job": 5}
    assert rows("SELECT COUNT(*) FROM result") == [0]
    assert "records that refer to missing ones were left out" in done.stderr


def test_nodes_keep_their_ends(here: Path) -> None:
    old = create(here / "old.db", "1.0")
    workflow_id = old.workflow()
    end = "2026-10-20T12:00:00Z"
    old.connection.execute("UPDATE compute_node SET end_time = ? WHERE id = ?", [end, old.node(workflow_id)])
    endless = old.node(workflow_id)
    done = imported(old)
    assert rows("SELECT end_time FROM compute_node") == [end, None]
    assert rows("SELECT id FROM compute_node WHERE end_time IS NULL") == [endless]
    assert "end_time" not in done.stderr


def test_what_has_no_place_is_reported(here: Path) -> None:
    old = create(here / "old.db", "1.0")
    workflow_id = old.workflow(slurm_config={"use_srun": True})
    old.job(workflow_id, "one", 0, labels=["gpu"])
    old.job(workflow_id, "two", 0, labels=["gpu", "big", "gpu"])
    old.add("admin_audit_log", timestamp=1, sql_text="SELECT 1")
    old.add("async_handle", workflow_id=workflow_id, operation="initialize_jobs", status="running", created_at_ms=5)
    done = imported(old)
    assert rows("SELECT name, labels FROM job") == [("one", '["gpu"]'), ("two", '["big","gpu"]')]
    assert rows("SELECT status FROM task") == ["failed"]
    for expected in (
        "workflow.slurm_config of 1 row has no place here",
        "the table admin_audit_log with 1 row has no place here",
        "tasks that had not finished are failed; start them again: 1",
    ):
        assert expected in done.stderr


def test_the_original_is_untouched_and_its_log_is_read(old: EarlierDatabase, here: Path) -> None:
    """The log of a killed server, whose file of shared memory is missing."""
    folder = here / "theirs"
    folder.mkdir()
    old.workflow("in the log")
    old.connection.execute("COMMIT")
    for suffix in ("", "-wal"):
        (folder / f"old.db{suffix}").write_bytes((here / f"old.db{suffix}").read_bytes())
    before = contents(folder)
    assert len(before["old.db-wal"]) > 0
    done = torc("import", "theirs/old.db", "--into", "new.db")
    assert done.exit_code == 0, done.output
    assert contents(folder) == before
    assert rows("SELECT name FROM workflow") == ["in the log"]
    assert (here / "new.db").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in here.iterdir() if each.name.startswith(".")] == []


def test_a_second_import_changes_nothing(old: EarlierDatabase, here: Path) -> None:
    old.workflow()
    imported(old)
    before = contents(here)
    again = torc("import", "old.db", "--into", "new.db")
    assert (again.exit_code, "new.db already has the content of old.db" in again.stdout) == (0, True)
    assert contents(here) == before
    with closing(sqlite3.connect("old.db")) as connection, connection:
        connection.execute("UPDATE workflow SET name = 'changed'")
    other = torc("import", "old.db", "--into", "new.db")
    assert (other.exit_code, "new.db already exists and was not changed" in other.stderr) == (1, True)


@pytest.mark.parametrize("version", ["1.0"])
def test_refusals_write_nothing(version: Version, here: Path) -> None:
    keep(create(here / "old.db", version))
    migrate(here / "ours.db")
    (here / "text.txt").write_text("a letter")
    before = contents(here)
    for arguments, expected in (
        (("old.db", "--into", "ours.db"), "ours.db already exists and was not changed"),
        (("old.db", "--into", "text.txt"), "text.txt already exists and was not changed"),
        (("old.db", "--into", "old.db"), "name a new file with --into"),
        (("old.db", "--into", "nowhere/new.db"), "nowhere does not exist"),
        (("ours.db", "--into", "new.db"), "ours.db is not a database of Torc 0.12 to 1.0"),
        (("text.txt", "--into", "new.db"), "text.txt is not a database of Torc 0.12 to 1.0"),
        (("absent.db", "--into", "new.db"), "absent.db is not a file"),
    ):
        refused = torc("import", *arguments)
        assert (refused.exit_code, expected in refused.stderr) == (1, True), refused.output
    assert contents(here) == before


def test_a_database_in_use_is_refused(here: Path) -> None:
    keep(create(here / "old.db", "1.0"))
    process = subprocess.Popen([sys.executable, "-c", OPEN, "old.db"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        refused = torc("import", "old.db", "--into", "new.db")
        process.communicate()
    assert (refused.exit_code, "old.db is in use by another process" in refused.stderr) == (1, True)
    assert torc("import", "old.db", "--into", "new.db").exit_code == 0


@pytest.mark.parametrize("command", ["check", "migrate", "id", "export"])
def test_other_commands_name_the_import(command: str, here: Path) -> None:
    keep(create(here / "torc.db", "1.0"))
    refused = torc(command)
    assert refused.exit_code == 1
    assert "Take it over with `torc-server db import " in refused.stderr


def test_the_default_target_is_the_database_of_the_server(here: Path) -> None:
    keep(create(here / "old.db", "1.0"))
    assert torc("import", "old.db").exit_code == 0
    assert (here / "torc.db").exists()


def test_many_jobs(here: Path) -> None:
    earlier_databases.wide(here / "old.db", jobs=1000)
    done = torc("import", "old.db", "--into", "new.db")
    assert "1000 jobs, 1791 dependencies, 500 results, 1000 events" in done.stdout
    assert torc("check", "--database", "new.db").exit_code == 0
    assert rows("SELECT status, COUNT(*) FROM job GROUP BY status") == [(1, 400), (2, 100), (5, 500)]


def test_jobs_have_the_variables_of_their_workflow(old: EarlierDatabase) -> None:
    if old.version == "0.12":  # which has no variables
        return
    workflow_id = old.workflow(env={"A": "1", "B": "2"})
    old.job(workflow_id, "own", 0, env={"B": "own"})
    old.job(workflow_id, "none", 0)
    old.job(old.workflow(env={}), "bare", 0, env="null")
    imported(old)
    assert rows("SELECT name, env FROM job") == [
        ("own", '{"A":"1","B":"own"}'), ("none", '{"A":"1","B":"2"}'), ("bare", None),
    ]  # fmt: skip
