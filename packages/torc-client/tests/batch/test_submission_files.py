"""The files of a submission are removed, and nothing else."""

from torc_client.batch.submission_files import note_unanswered, remove_secrets, write_secret


def test_the_secrets_of_a_submission_are_removed_with_their_folder(tmp_path):
    for name in ("token", "cookie"):
        write_secret(tmp_path, 3, name, "hidden")
    note_unanswered(tmp_path, 3)
    remove_secrets(tmp_path, 3)
    remove_secrets(tmp_path, 3)
    assert list(tmp_path.iterdir()) == []


def test_other_files_of_the_folder_stay(tmp_path):
    write_secret(tmp_path, 3, "token", "hidden")
    (tmp_path / "submission_3" / "results").mkdir()
    remove_secrets(tmp_path, 3)
    assert [each.name for each in (tmp_path / "submission_3").iterdir()] == ["results"]


def test_a_link_to_another_folder_is_left_alone(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "token").touch()
    (tmp_path / "submission_3").symlink_to(tmp_path / "own")
    remove_secrets(tmp_path, 3)
    assert (tmp_path / "own" / "token").exists()
