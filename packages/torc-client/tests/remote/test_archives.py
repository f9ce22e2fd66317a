"""Archives of workers' logs: names, the check of hostile ones, and what replaces what."""

import gzip
import io
import os
import tarfile

import pytest

from torc_client.errors import TorcError
from torc_client.remote.address import parse_worker
from torc_client.remote.archives import archive_name, files_of_archive, holds_all_of
from torc_client.remote.packing import pack
from torc_client.remote.workflow_files import WorkflowFile, files_in

OUT, ERR = "job_stdio/job_wf7_j1_r1_a1.o", "job_stdio/job_wf7_j1_r1_a1.e"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "torc_output"
    (made / "job_stdio").mkdir(parents=True)
    (made / OUT).write_text("hello\n")
    (made / ERR).write_text("oh\n")
    (made / "job_stdio/job_wf70_j1_r1_a1.o").write_text("of another workflow\n")
    (made / "job_runner_node1_wf7_r1.log").write_text("log\n")
    (made / "notes_wf7.txt").write_text("of the user\n")
    return made


def packed(folder, path):
    with path.open("wb") as out:
        pack(folder, files_in(folder, 7), out)
    return path


def archive_with(path, *entries, content=b"x"):
    with tarfile.open(path, "w:gz") as archive:
        for entry in entries:
            entry.size = len(content) if entry.isreg() else 0
            archive.addfile(entry, io.BytesIO(content))
    return path


def entry(name, **members):
    made = tarfile.TarInfo(name)
    for member, value in members.items():
        setattr(made, member, value)
    return made


def test_workers_that_differ_have_archives_of_different_names():
    workers = ("h.1", "h-1", "h_1", "a@h", "b@h", "a@h:22", "x=a@h", "y=a@h", "[::1]", "[::1]:22", "h:2", "h%3A2"[:1])
    names = {archive_name(7, parse_worker(worker)) for worker in workers}
    assert len(names) == len(workers)
    assert archive_name(7, parse_worker("ben@node1")) == "torc_logs_7_ben@node1.tar.gz"
    assert all("/" not in name and ":" not in name for name in names)
    assert archive_name(7, parse_worker("h"), 2) == "torc_logs_7_h.2.tar.gz"


def test_an_archive_has_the_files_of_the_workflow_with_their_exact_times(folder, tmp_path):
    os.utime(folder / OUT, ns=(10**18 + 1, 10**18 + 123456789))
    found = files_of_archive(packed(folder, tmp_path / "a.tar.gz"), 7)
    assert [each.name for each in found] == ["job_runner_node1_wf7_r1.log", ERR, OUT]
    assert found[-1] == WorkflowFile(OUT, 6, 10**18 + 123456789)
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        assert archive.extractfile(OUT).read() == b"hello\n"


def test_a_file_that_disappears_or_becomes_a_link_while_it_is_packed_does_not_break_the_archive(folder, tmp_path):
    files = files_in(folder, 7)
    (folder / ERR).unlink()
    (folder / "job_runner_node1_wf7_r1.log").unlink()
    (folder / "job_runner_node1_wf7_r1.log").symlink_to("/etc/passwd")
    with (tmp_path / "a.tar.gz").open("wb") as out:
        pack(folder, files, out)
    assert [each.name for each in files_of_archive(tmp_path / "a.tar.gz", 7)] == [OUT]


@pytest.mark.parametrize(
    "bad",
    [
        entry("../../.bashrc"),
        entry("/etc/passwd"),
        entry(f"../{OUT}"),
        entry(f"/{OUT}"),
        entry("job_stdio/../job_stdio/job_wf7_j1_r1_a1.o"),
        entry("evil.sh"),
        entry("job_stdio/job_wf8_j1_r1_a1.o"),
        entry(OUT, type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        entry(OUT, type=tarfile.LNKTYPE, linkname=ERR),
        entry(OUT, type=tarfile.CHRTYPE),
        entry(OUT, type=tarfile.FIFOTYPE),
        entry("job_stdio", type=tarfile.DIRTYPE),
        entry("job_stdio/job_wf7_j1_r1_a1.o\n"),
    ],
    ids=lambda each: each.name.strip() + each.type.decode("latin1"),
)
def test_an_archive_with_any_other_entry_is_refused(tmp_path, bad):
    path = archive_with(tmp_path / "a.tar.gz", entry(ERR), bad)
    with pytest.raises(TorcError, match="an entry that is not a file of the workflow"):
        files_of_archive(path, 7)


def test_an_archive_with_a_name_twice_is_refused(tmp_path):
    with pytest.raises(TorcError, match="an entry that is not a file"):
        files_of_archive(archive_with(tmp_path / "a.tar.gz", entry(OUT), entry(OUT)), 7)


def test_an_archive_that_was_cut_off_or_changed_anywhere_is_refused(folder, tmp_path):
    (folder / OUT).write_bytes(os.urandom(3000))
    content = packed(folder, tmp_path / "a.tar.gz").read_bytes()
    path = tmp_path / "b.tar.gz"
    for cut in range(0, len(content), 97):
        path.write_bytes(content[:cut])
        with pytest.raises(TorcError, match="incomplete or damaged"):
            files_of_archive(path, 7)
    for damaged in (content[:-1], content[:-8] + b"12345678", content + b"more"):
        path.write_bytes(damaged)
        with pytest.raises(TorcError, match="incomplete or damaged"):
            files_of_archive(path, 7)


def test_a_header_cannot_take_the_memory_of_this_machine(tmp_path):
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 8 * 10**9
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + b"1" * 10**6))
    with pytest.raises(TorcError, match="a header is too long"):
        files_of_archive(path, 7)


def test_only_an_archive_with_all_files_replaces_an_earlier_one(folder, tmp_path):
    earlier = packed(folder, tmp_path / "a.tar.gz")
    assert holds_all_of(earlier, 7, files_in(folder, 7))
    (folder / OUT).write_text("hello again\n")
    assert holds_all_of(earlier, 7, files_in(folder, 7))
    (folder / OUT).write_text("h")
    assert not holds_all_of(earlier, 7, files_in(folder, 7))
    (folder / OUT).unlink()
    assert not holds_all_of(earlier, 7, files_in(folder, 7))
    earlier.write_text("not an archive")
    assert not holds_all_of(earlier, 7, files_in(folder, 7))
