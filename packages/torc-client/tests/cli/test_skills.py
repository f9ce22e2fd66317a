"""torc skills: install, update, list."""

import pytest


async def test_a_skill_is_installed_for_claude_and_listed(torc, nobodys_environment, monkeypatch):
    monkeypatch.setenv("HOME", str(nobodys_environment))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    assert (await torc("-f", "json", "skills", "list")).json["items"][0]["state"] == "absent"
    done = (await torc("-f", "json", "skills", "install", "--claude")).json
    assert done["folder"] == str(nobodys_environment / ".claude/skills/torc")
    assert "SKILL.md" in done["written"]
    assert (await torc("-f", "json", "skills", "list")).json["items"][0]["state"] == "current"
    assert "up to date" in (await torc("skills", "install", "--claude")).out


async def test_a_changed_file_is_replaced_only_with_force(torc, tmp_path):
    folder = str(tmp_path / "skills")
    assert (await torc("skills", "install", "--folder", folder)).code == 0
    (tmp_path / "skills/torc/SKILL.md").write_text("mine")
    refused = await torc("skills", "install", "--folder", folder)
    assert (refused.code, "SKILL.md" in refused.err, "--force" in refused.err) == (1, True, True)
    assert (tmp_path / "skills/torc/SKILL.md").read_text() == "mine"
    assert (await torc("skills", "install", "--folder", folder, "--force")).code == 0
    assert (tmp_path / "skills/torc/SKILL.md").read_text().startswith("---\nname: torc\n")


@pytest.mark.parametrize("options", [(), ("--claude", "--folder", "x")])
async def test_the_folder_is_a_choice(torc, options):
    refused = await torc("skills", "install", *options)
    assert (refused.code, "--claude" in refused.err) == (2, True)
