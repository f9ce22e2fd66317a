"""What `torc tui` imports before its first screen is shown: the start takes as long as its imports."""

import subprocess
import sys

START = """
import sys
import torc_client.cli.commands.tui
import torc_client.tui.app, torc_client.tui.own_server, torc_client.tui.panes.overview
print(" ".join(sys.modules))
"""
LATER = ("torc_client.tui.screens.", "torc_client.tui.text.", "torc_client.log_files.", "torc_client.managed_server")
# Programs that are started from the terminal interface keep lines of their output.
NEEDED = {"torc_client.log_files.line_windows"}


def test_screens_and_readers_of_logs_are_imported_later():
    run = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "torc_client.tui.panes.workflows" in loaded
    early = sorted(name for name in loaded - NEEDED if name.startswith(LATER))
    assert not early, f"import {', '.join(early)} where they are first used"
