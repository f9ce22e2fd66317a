"""The reference names every environment variable that the programs read or set."""

import re

from support.pages import ROOT

NAMED = re.compile(r"""["'](TORC_[A-Z][A-Z_]*[A-Z])["']""")
# Lines that a server prints when it listens, and what lets tests kill a server at a given point.
OTHERS = {"TORC_FAILPOINT", "TORC_SERVER_PORT", "TORC_SERVER_SOCKET"}


def test_every_variable_is_in_the_reference():
    page = (ROOT / "docs" / "reference" / "environment-variables.md").read_text()
    sources = [path for path in (ROOT / "packages").glob("*/src/**/*.py") if "testing" not in path.parts]
    named = {name for path in sources for name in NAMED.findall(path.read_text())} - OTHERS
    assert sorted(name for name in named if f"`{name}`" not in page) == []
