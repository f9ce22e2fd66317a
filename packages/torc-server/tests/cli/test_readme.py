from pathlib import Path

import pytest

from torc_server.settings import SETTINGS, Setting

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_its_row(setting: Setting):
    rows = [line for line in README.read_text().splitlines() if line.startswith(f"| `{setting.flags[0]}`")]
    assert len(rows) == 1
    assert all(f"`{flag}`" in rows[0] for flag in setting.flags)
    assert f"`{setting.keys[0]}`" in rows[0]
    assert setting.variable is None or f"`{setting.variable}" in rows[0]
