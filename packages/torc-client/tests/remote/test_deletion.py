"""Deletion of a workflow's files from an output folder: nothing else is deleted."""

import pytest

from torc_client.errors import TorcError
from torc_client.log_files.folder_databases import databases_of, note_database
from torc_client.remote.deletion import delete, real_folder, require_output_folder
from torc_client.remote.workflow_files import files_in, is_of_workflow

OURS = (
    "job_runner_node1_wf7_r1.log",
    "job_runner_slurm_wf7_sl12_n0_pid88.log",
    "slurm_output_wf7_sl12.o",
    "slurm_output_wf7_sl12_4.e",
    "slurm_env_wf7_sl12_n0_pid88.log",
    "torc_worker_wf7_ben@node1.log",
    "torc_worker_7.log",
    "watch_login_wf7.log",
    "job_stdio/job_wf7_j1_r1_a1.o",
    "job_stdio/job_wf7_j1_r1_a1.e",
    "job_stdio/job_wf7_j12_r3_a2.log",
    "job_stdio/job_wf7_j12_r3_a2.recovery.o",
    "action_stdio/action_wf7_a1_r1_n2_c3.o",
    "resource_utilization/resource_metrics_wf7_hnode1_r1.db",
    "resource_utilization/resource_metrics_wf7_hnode1_r1.db-wal",
)
JOURNAL = "offline_journal/offline_results_wf7_r1_node1_12.journal"
OTHERS = (
    "job_stdio/job_wf70_j1_r1_a1.o",
    "job_stdio/job_wf17_j1_r1_a1.o",
    "job_stdio/job_wf8_j7_r7_a7.o",
    "job_stdio/job_wf7_notes.txt",
    "job_stdio/plot_wf7.png",
    "job_runner_node_wf7_r1_wf8_r1.log",
    "results_wf7.csv",
    "wf7",
    "job_wf7_j1_r1_a1.o",
    "mine/job_stdio/job_wf7_j1_r1_a1.o",
    "job_stdio/deeper/job_wf7_j1_r1_a1.o",
    "offline_journal/set_aside/offline_results_wf7_r1_x.journal",
    "watch_login_wf7.log.txt",
    "torc_worker_wf70_ben@node1.log",
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "home" / "torc_output"
    for name in (*OURS, JOURNAL, *OTHERS):
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return made


def present(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_the_names_of_a_workflow(folder):
    assert [each.name for each in files_in(folder, 7)] == sorted([*OURS, JOURNAL])
    assert all(is_of_workflow(name, 7) for name in OURS)
    assert not any(is_of_workflow(name, 7) for name in OTHERS)
    assert not any(is_of_workflow(name, 70) for name in OURS)


def test_only_the_files_of_the_workflow_are_deleted_and_journals_are_kept(folder):
    deleted = delete(folder, 7, files_in(folder, 7), only_unchanged=False)
    assert present(folder) == sorted([JOURNAL, *OTHERS])
    assert (deleted.files, deleted.journals) == (len(OURS), [JOURNAL])
    assert deleted.bytes == sum(map(len, OURS))


def test_folders_that_are_empty_then_are_removed(tmp_path):
    folder = tmp_path / "torc_output"
    (folder / "job_stdio").mkdir(parents=True)
    (folder / OURS[0]).write_text("")
    (folder / "job_stdio/job_wf7_j1_r1_a1.o").write_text("")
    note_database(folder, "database-1")
    delete(folder, 7, files_in(folder, 7), only_unchanged=False)
    assert not folder.exists()


def test_the_databases_of_a_folder_stay_known_while_it_has_files(folder):
    note_database(folder, "database-1")
    delete(folder, 7, files_in(folder, 7), only_unchanged=False)
    assert databases_of(folder) == {"database-1"}


def test_what_was_not_collected_in_its_present_form_is_kept(folder):
    collected = files_in(folder, 7)
    (folder / OURS[0]).write_text("grew meanwhile, so that the archive lacks a part")
    (folder / "job_stdio/job_wf7_j99_r1_a1.o").write_text("new")
    (folder / OURS[1]).unlink()
    deleted = delete(folder, 7, collected, only_unchanged=True)
    assert present(folder) == sorted([OURS[0], "job_stdio/job_wf7_j99_r1_a1.o", JOURNAL, *OTHERS])
    assert (deleted.files, deleted.changed) == (len(OURS) - 2, [OURS[0]])


def test_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "job_wf7_j1_r1_a1.o").write_text("precious")
    folder = tmp_path / "torc_output"
    folder.mkdir()
    (folder / "job_stdio").symlink_to(outside)
    (folder / OURS[0]).symlink_to(outside / "job_wf7_j1_r1_a1.o")
    assert files_in(folder, 7) == []
    delete(folder, 7, [], only_unchanged=False)
    assert (outside / "job_wf7_j1_r1_a1.o").read_text() == "precious"


def test_names_of_a_request_that_lead_elsewhere_are_ignored(folder):
    (folder.parent / "victim").write_text("precious")
    found = files_in(folder, 7)[0]
    wrong = [type(found)(name, 8, 0) for name in ("../victim", "/etc/passwd", "job_stdio/../../victim", OTHERS[0])]
    assert delete(folder, 7, wrong, only_unchanged=False).files == 0
    assert (folder.parent / "victim").exists()


@pytest.mark.parametrize("text", ["/", "~", ".", "", "..", "../..", "torc_output/..", "~/", "/home/../"])
def test_folders_that_are_no_output_folders_are_refused(tmp_path, text):
    home = tmp_path / "home"
    (home / "torc_output").mkdir(parents=True)
    with pytest.raises(TorcError):
        require_output_folder(real_folder(text, home), home)


def test_a_link_to_the_home_folder_is_refused(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "torc_output").symlink_to(home)
    with pytest.raises(TorcError, match="nothing is deleted"):
        require_output_folder(real_folder("torc_output", home), home)


def test_folders_of_users(tmp_path):
    assert real_folder("torc_output", tmp_path) == tmp_path / "torc_output"
    assert real_folder("~/a b/it's", tmp_path) == tmp_path / "a b/it's"
    assert real_folder("/scratch/out", tmp_path).as_posix() == "/scratch/out"
    for text in ("a\nb", "a\0b", "\x1b[0m"):
        with pytest.raises(TorcError, match="not a valid folder"):
            real_folder(text, tmp_path)
