"""The file by which a program learns that the server has accepted a runner."""

import json
import os
import stat

from torc_runner.connection.ready_file import ReadyFile


def test_it_has_the_compute_node_and_the_process(tmp_path):
    path = tmp_path / "ready.json"
    ReadyFile(path).write(5, "abc")
    assert json.loads(path.read_text()) == {"pid": os.getpid(), "compute_node_id": 5, "runner_id": "abc"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_answer_of_the_server_renews_its_time(tmp_path):
    path = tmp_path / "ready.json"
    file = ReadyFile(path)
    file.write(5, "abc")
    os.utime(path, (1, 1))
    file.touch()
    assert path.stat().st_mtime > 1
    os.utime(path, (1, 1))
    file.touch()  # soon after the first one
    assert path.stat().st_mtime == 1


def test_a_file_that_was_deleted_with_its_folder_is_written_again(tmp_path):
    path = tmp_path / "state" / "ready.json"
    file = ReadyFile(path)
    file.touch()
    assert not path.exists()
    file = ReadyFile(path)
    file.write(5, "abc")
    text = path.read_text()
    path.unlink()
    path.parent.rmdir()
    file.touch()
    assert path.read_text() == text
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_runner_without_such_a_file_and_one_that_cannot_be_written_go_on(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for file in (ReadyFile(None), ReadyFile(tmp_path / "file" / "ready.json")):
        file.write(5, "abc")
        file.touch()
