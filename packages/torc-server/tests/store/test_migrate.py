import hashlib
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace

import pytest

from support.users import not_root
from torc_server.store.errors import StoreError
from torc_server.store.migrate import Migration, migrate, migrations

KNOWN = migrations()
AS_IN_1_0 = next(step.number for step in KNOWN if step.name.endswith("as_in_1_0"))
MORE = Migration(
    KNOWN[-1].number + 1, "9999_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);\nINSERT INTO more VALUES (7);"
)
BROKEN = Migration(MORE.number, "9999_broken", "CREATE TABLE half (id INTEGER);\nINSERT INTO nowhere VALUES (1);")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def query(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_a_missing_database_is_created(path):
    assert query(path, "PRAGMA user_version") == [(KNOWN[-1].number,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["torc.db"]


def test_an_empty_file_becomes_a_database_and_stays_the_same_file(tmp_path):
    path = tmp_path / "torc.db"
    path.touch(mode=0o644)
    inode = path.stat().st_ino
    migrate(path)
    assert query(path, "PRAGMA user_version") == [(KNOWN[-1].number,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert (path.stat().st_ino, stat.S_IMODE(path.stat().st_mode)) == (inode, 0o600)
    assert [entry.name for entry in tmp_path.iterdir()] == ["torc.db"]
    migrate(path)


def test_an_empty_file_with_two_names_stays_empty(tmp_path):
    path = tmp_path / "torc.db"
    path.touch()
    (tmp_path / "other.db").hardlink_to(path)
    with pytest.raises(StoreError, match="has 2 names"):
        migrate(path)
    assert path.stat().st_size == 0


@pytest.mark.parametrize("trace", [".id", "-wal", ".damaged"])
def test_a_database_that_lost_its_content_is_refused(path, trace):
    path.write_bytes(b"")
    beside = path.with_name(path.name + trace)
    beside.touch()
    with pytest.raises(StoreError, match="is empty"):
        migrate(path)
    assert (path.stat().st_size, beside.exists()) == (0, True)


def test_only_the_owner_can_read_a_new_database_and_its_log(tmp_path):
    path = tmp_path / "private.db"
    umask = os.umask(0o022)
    try:
        migrate(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("INSERT INTO workflow (name, user, timestamp) VALUES ('w', 'u', 't')")
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    finally:
        os.umask(umask)
    assert modes == {"private.db": 0o600, "private.db-wal": 0o600, "private.db-shm": 0o600}


def test_migrating_again_changes_nothing(path):
    migrate(path)
    before = query(path, "SELECT * FROM sqlite_schema")
    migrate(path)
    assert query(path, "SELECT * FROM sqlite_schema") == before


def test_an_older_database_is_backed_up_and_migrated(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO workflow (name, user, timestamp) VALUES ('w', 'u', 't')")
    migrate(path, steps=[*KNOWN, MORE])
    assert query(path, "SELECT id FROM more") == [(7,)]
    backup = path.with_name(f"torc.db.before-schema-{MORE.number}")
    assert query(backup, "SELECT name FROM workflow") == [("w",)]
    assert query(backup, "SELECT name FROM sqlite_schema WHERE name = 'more'") == []


def test_settings_and_duplicates_of_earlier_databases_are_kept(tmp_path):
    older = tmp_path / "older.db"
    migrate(older, steps=[step for step in KNOWN if step.number < AS_IN_1_0])
    crate = "INSERT INTO ro_crate_entity (workflow_id, entity_id, entity_type, metadata) VALUES (1, 'a', 'File', '{}')"
    scheduler = "INSERT INTO slurm_scheduler (workflow_id, account, nodes, walltime, serialize_allocations)"
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.execute("INSERT INTO workflow (name, user, timestamp) VALUES ('w', 'u', 't')")
        connection.execute(
            "INSERT INTO workflow (name, user, timestamp, compute_node_expiration_buffer_seconds)"
            " VALUES ('x', 'u', 't', 7)"
        )
        for statement in (crate, crate):
            connection.execute(statement)
        for value in ("NULL", "1"):
            connection.execute(f"{scheduler} VALUES (1, 'a', 1, '1:00', {value})")
    migrate(older)
    assert query(older, "SELECT compute_node_expiration_buffer_seconds FROM workflow ORDER BY id") == [(180,), (7,)]
    assert query(older, "SELECT COUNT(*) FROM ro_crate_entity WHERE entity_id = 'a'") == [(2,)]
    assert query(older, "SELECT serialize_allocations FROM slurm_scheduler ORDER BY id") == [(0,), (1,)]


def test_a_migration_that_fails_leaves_nothing(path):
    with pytest.raises(StoreError, match="cannot be migrated"):
        migrate(path, steps=[*KNOWN, BROKEN])
    assert query(path, "SELECT name FROM sqlite_schema WHERE name = 'half'") == []
    migrate(path)


def test_a_new_database_whose_migration_fails_is_removed(tmp_path):
    with pytest.raises(StoreError):
        migrate(tmp_path / "torc.db", steps=[*KNOWN, BROKEN])
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=["WAL", "DELETE"])
def journal(request):
    """The journal mode of the file. Opening the file for writing would change DELETE to WAL."""
    return request.param


def keep_journal(path, journal):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")


def test_a_newer_schema_is_refused(path, journal):
    migrate(path, steps=[*KNOWN, MORE])
    keep_journal(path, journal)
    before = digest(path)
    with pytest.raises(StoreError, match="newer torc-server"):
        migrate(path)
    assert digest(path) == before


def test_a_changed_migration_is_refused(path, journal):
    keep_journal(path, journal)
    before = digest(path)
    with pytest.raises(StoreError, match="another text of migration"):
        migrate(path, steps=[replace(KNOWN[0], text=KNOWN[0].text + "-- changed"), *KNOWN[1:]])
    assert digest(path) == before


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError, match="nowhere does not exist: create that folder"):
        migrate(tmp_path / "nowhere" / "torc.db")
    assert list(tmp_path.iterdir()) == []


def foreign(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")


def damage_inside(path):
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content) - 2048, 4096):
        content[start : start + 64] = os.urandom(64)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_bytes(os.urandom(10_000)), "not a SQLite database"),
        (lambda path: path.write_text("a letter to grandmother"), "not a SQLite database"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "cut short"),
        (lambda path: os.truncate(path, 60), "cut short"),
        (damage_inside, "is damaged"),
        (foreign, "not one of Torc"),
    ],
    ids=["random", "text", "half", "stump", "damaged", "foreign"],
)
def test_a_file_that_is_not_a_complete_torc_database_is_refused_unchanged(path, spoil, reason):
    spoil(path)
    before = digest(path)
    with pytest.raises(StoreError, match=reason) as refusal:
        migrate(path)
    assert "\n" not in str(refusal.value)
    assert digest(path) == before
    assert [entry.name for entry in path.parent.iterdir()] == ["torc.db"]


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is not a file"):
        migrate(tmp_path)


def test_a_dangling_link_is_refused(tmp_path):
    link = tmp_path / "torc.db"
    link.symlink_to(tmp_path / "gone.db")
    with pytest.raises(StoreError, match="cannot be read"):
        migrate(link)
    assert not (tmp_path / "gone.db").exists()


def test_an_unreadable_file_is_refused(path):
    path.chmod(0)
    with not_root(path.parent), pytest.raises(StoreError, match="cannot be opened for reading and writing"):
        # The migrations are files of the program, which only root may be allowed to read.
        migrate(path, steps=KNOWN)


def test_special_characters_in_the_file_name_are_kept(tmp_path):
    odd = tmp_path / "a b?mode=memory#%20é.db"
    migrate(odd)
    migrate(odd)
    assert [entry.name for entry in tmp_path.iterdir()] == [odd.name]


def test_labels_of_older_databases_become_sets(tmp_path):
    path = tmp_path / "older.db"
    migrate(path, steps=[each for each in KNOWN if each.number < 28])
    labels = [None, "gpu", "fast disk", "b, a,b", 'say "hi"', " , "]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO workflow (id, name, user, timestamp) VALUES (1, 'w', 'u', 't')")
        connection.execute(
            "INSERT INTO resource_requirements (id, workflow_id, name, num_cpus, num_gpus, num_nodes, memory_bytes,"
            " runtime_seconds) VALUES (1, 1, 'r', 1, 0, 1, 1, 1)"
        )
        connection.executemany(
            "INSERT INTO job (workflow_id, name, command, resource_requirements_id, label)"
            " VALUES (1, 'j', 'true', 1, ?)",
            [(label,) for label in labels],
        )
        connection.executemany(
            "INSERT INTO compute_node (workflow_id, hostname, pid, start_time, num_cpus, memory_gb, num_gpus,"
            " num_nodes, compute_node_type, labels) VALUES (1, 'h', 1, 't', 1, 1, 0, 1, 'local', ?)",
            [(None,), ('["x", "b,a"]',)],
        )
    migrate(path)
    found = [row[0] for row in query(path, "SELECT labels FROM job ORDER BY id")]
    assert found == [None, '["gpu"]', '["fast disk"]', '["a","b"]', r'["say \"hi\""]', None]
    nodes = query(path, "SELECT labels, also_unlabeled FROM compute_node ORDER BY id")
    assert nodes == [(None, None), ('["a","b","x"]', 1)]
