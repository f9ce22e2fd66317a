"""Gates 1 and 10: the import rules, and the modules that `--help` loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOW_LOADED_MODULES = """
import contextlib, io, sys
from importlib.metadata import entry_points
words = sys.argv[1:]
(program,) = entry_points(group="console_scripts", name=words[0])
sys.argv = [*words, "--help"]
with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
    program.load()()
assert "Usage" in shown.getvalue(), shown.getvalue()
print(" ".join(sys.modules))
"""


def test_import_rules_hold(root: Path):
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["torc"],
        ["torc", "workflows"],
        ["torc", "jobs"],
        ["torc", "jobs", "list"],
        ["torc", "run"],
        ["torc-server"],
        ["torc-server", "run"],
        ["torc-htpasswd"],
        ["torc-runner"],
        ["torc-dash"],
    ],
    ids=" ".join,
)
def test_help_loads_neither_http_nor_schemas(words: list[str], tmp_path: Path):
    run = subprocess.run(
        [sys.executable, "-c", SHOW_LOADED_MODULES, *words],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    heavy = {"aiohttp", "marshmallow", "yaml", "aiosqlite", "jinja2", "torc_client.spec"} & set(run.stdout.split())
    assert not heavy, f"{' '.join(words)} --help imports {', '.join(sorted(heavy))}: import them inside the command"
