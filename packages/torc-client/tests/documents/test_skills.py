"""Skills are installed and updated, and files that the user changed are kept."""

import dataclasses
import json
from pathlib import Path

import pytest

from torc_client.documents.skills import MANIFEST, Skill, SkillState, changes, install, skill, skills, state_in
from torc_client.errors import TorcError

FIRST = Skill("torc", "", {"SKILL.md": "one", "references/a.md": "a", "references/old.md": "old"})
SECOND = Skill("torc", "", {"SKILL.md": "two", "references/a.md": "a", "references/b.md": "b"})


def files(folder: Path) -> dict[str, str]:
    found = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return {name: text for name, text in found.items() if not name.endswith(MANIFEST)}


def test_an_installation_has_all_files(tmp_path: Path):
    assert state_in(FIRST, tmp_path) is SkillState.ABSENT
    assert install(FIRST, tmp_path).written == ("SKILL.md", "references/a.md", "references/old.md")
    assert files(tmp_path / "torc") == dict(FIRST.files)
    assert state_in(FIRST, tmp_path) is SkillState.CURRENT
    assert install(FIRST, tmp_path).written == ()


def test_an_update_replaces_and_removes_what_the_user_did_not_change(tmp_path: Path):
    install(FIRST, tmp_path)
    (tmp_path / "torc/notes.md").write_text("mine")
    assert state_in(SECOND, tmp_path) is SkillState.OUTDATED
    done = install(SECOND, tmp_path)
    assert done.written == ("SKILL.md", "references/b.md")
    assert done.removed == ("references/old.md",)
    assert files(tmp_path / "torc") == {**SECOND.files, "notes.md": "mine"}


@pytest.mark.parametrize("name", ["SKILL.md", "references/old.md"])
def test_a_changed_file_is_kept_until_it_may_be_replaced(tmp_path: Path, name: str):
    install(FIRST, tmp_path)
    (tmp_path / "torc" / name).write_text("changed")
    before = files(tmp_path / "torc")
    assert state_in(SECOND, tmp_path) is SkillState.CHANGED
    with pytest.raises(TorcError, match=name):
        install(SECOND, tmp_path)
    assert files(tmp_path / "torc") == before
    install(SECOND, tmp_path, replaces_changed=True)
    expected = {**SECOND.files, **({name: "changed"} if name not in SECOND.files else {})}
    assert files(tmp_path / "torc") == expected


def test_files_of_an_unknown_origin_count_as_changed(tmp_path: Path):
    (tmp_path / "torc").mkdir()
    (tmp_path / "torc/SKILL.md").write_text("copied by hand")
    with pytest.raises(TorcError, match=r"SKILL\.md"):
        install(FIRST, tmp_path)


@pytest.mark.parametrize("manifest", ["{", "[]", '{"../../victim": "x"}', '{"SKILL.md": 7}'])
def test_a_damaged_manifest_removes_nothing(tmp_path: Path, manifest: str):
    (tmp_path / "victim").write_text("keep")
    install(FIRST, tmp_path / "skills")
    (tmp_path / "skills/torc" / MANIFEST).write_text(manifest)
    with pytest.raises(TorcError, match="changed files"):
        install(SECOND, tmp_path / "skills")
    assert (tmp_path / "victim").read_text() == "keep"


def test_a_deleted_file_is_written_again():
    found = changes({"a": "1", "b": "2"}, {"a": "1", "b": "2"}, {"a": "1"})
    assert (found.written, found.changed) == (("b",), ())


def test_the_shipped_skill_describes_itself_and_its_links_lead_somewhere():
    shipped = skill("torc")
    assert shipped.description.startswith("Write, run, watch")
    assert len(shipped.description) < 1024  # the limit of assistants
    assert [each.name for each in skills()] == ["torc"]
    assert not any(name.startswith("evals/") for name in shipped.files)
    named = {name for name in shipped.files if name != "SKILL.md"}
    assert {name for name in named if f"({name})" in shipped.files["SKILL.md"]} == named


def test_an_unknown_skill():
    with pytest.raises(TorcError, match="'nope'"):
        skill("nope")


def test_the_manifest_has_digests(tmp_path: Path):
    install(dataclasses.replace(FIRST, files={"SKILL.md": ""}), tmp_path)
    assert json.loads((tmp_path / "torc" / MANIFEST).read_text()) == {
        "SKILL.md": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
