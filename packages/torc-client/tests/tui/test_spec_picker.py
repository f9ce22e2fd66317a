"""The choice of a spec file: folders, formats, the filter, and what a check finds."""

import os
from pathlib import Path

import pytest

from torc_client.errors import TorcError
from torc_client.tui.screens.spec_picker import SpecPicker
from torc_client.tui.spec_files import entries_of, matching
from tui_screens import lines_of, page_of, text_of, until

VALID = "name: sweep\njobs:\n  - {name: a, command: 'true'}\n  - {name: b, command: 'true', depends_on: [a]}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "good.yaml").write_text(VALID)
    (tmp_path / "bad.json5").write_text("{name: 'x', jobs: [{name: 'a', comand: 'b', depends_on: ['c']}]}")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "run10.kdl").write_text("")
    (tmp_path / "run9.kdl").write_text("")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "e\x1b[2Jvil.json").write_text("{}")
    return tmp_path


def test_folders_come_first_and_only_spec_files(folder: Path):
    names = [entry.name for entry in entries_of(folder)]
    assert names == [".hidden", "specs", "bad.json5", "e\x1b[2Jvil.json", "good.yaml", "run9.kdl", "run10.kdl"]
    shown = [entry.shown for entry in matching(entries_of(folder), "")]
    assert shown[0] == "specs/"
    assert r"e\u001b[2Jvil.json  JSON, 2 B" in shown
    assert "good.yaml  YAML, 97 B" in shown


def test_the_filter_has_words(folder: Path):
    entries = entries_of(folder)
    assert [one.name for one in matching(entries, "KDL 1")] == ["run10.kdl"]
    assert [one.name for one in matching(entries, ".hid")] == [".hidden"]


def test_a_folder_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(TorcError, match="cannot be read: No such file"):
        entries_of(tmp_path / "none")


@pytest.fixture
async def picker(make_app, server, folder: Path):
    server.answer("list_jobs", page_of([]))
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        chosen = []
        await app.push_screen(SpecPicker(folder), chosen.append)
        await until(pilot, lambda: "specs/" in text_of(app))
        pilot.chosen = chosen
        yield pilot


async def shows(pilot, *texts: str) -> None:
    await until(pilot, lambda: all(text in text_of(pilot.app) for text in texts))


async def test_a_valid_spec_is_checked_and_then_chosen(picker, folder: Path):
    await picker.press(*"good", "enter")
    await shows(picker, "Valid: workflow sweep with 2 jobs and 0 files.", "Enter creates the workflow.")
    assert picker.chosen == []
    await picker.press("enter")
    await until(picker, lambda: picker.chosen == [folder / "good.yaml"])


async def test_problems_are_shown_and_the_file_is_not_chosen(picker, folder: Path):
    await picker.press("down", "enter")
    await shows(picker, "it cannot be created", "comand")
    await picker.press("enter")
    await shows(picker, "it cannot be created")
    (folder / "bad.json5").write_text("{name: 'x', jobs: [{name: 'a', command: 'b'}]}")
    await picker.press("enter")
    await shows(picker, "Valid: workflow x")
    await picker.press("escape")
    await until(picker, lambda: "Valid" not in text_of(picker.app))
    assert picker.chosen == []


async def test_folders_are_entered_and_left(picker, folder: Path):
    await picker.press("enter")
    await shows(picker, "No folders and no spec files")
    assert lines_of(picker.app)[0].endswith("…") or lines_of(picker.app)[0].endswith("/specs")
    await picker.press("backspace")
    await shows(picker, "good.yaml")
    await picker.press(*str(folder / "good.yaml"), "enter")
    await shows(picker, "Valid: workflow sweep")


async def test_a_path_that_is_no_file(picker, folder: Path):
    await picker.press(*str(folder / "pipe.yaml"), "enter")
    await shows(picker, "Neither a folder nor a regular file")
    await picker.press("escape")
    await until(picker, lambda: picker.chosen == [None])
