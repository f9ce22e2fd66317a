"""No regular expression of the packages takes more than linear time, whatever text it gets.

Patterns of users are not in the packages: `torc_client.bounded_search` searches them.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.pumped_texts import pumped_texts

PACKAGES = ("torc-client", "torc-server", "torc-runner", "torc-dash")
# CPU seconds for all texts of a pattern. Linear time is below a second, quadratic time minutes for each text.
MAX_CPU_SECONDS = 4
SEARCHES = {"search", "finditer", "findall", "sub", "subn", "split"}
METHODS = ("match", "fullmatch", "finditer")
ATTACK = """
import json, re, resource, sys
seconds, pattern, flags, methods, texts = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
compiled = re.compile(pattern, flags)
for text in texts:
    print(repr(text[:40] + "..." + text[-9:]), flush=True)
    for method in methods:
        found = getattr(compiled, method)(text)
        if method == "finditer":
            list(found)
"""
# Patterns that are not constants are made of escaped texts and parts that are listed here.
MADE_AT_RUN_TIME = {
    ("batch/profile.py", "pattern"),  # of users
    ("batch/profile.py", "cluster.detect_hostname or ''"),  # compiled only
    ("spec/patterns.py", "pattern"),  # of users
    ("spec/found_paths.py", "fnmatch.translate(part)"),  # of users: only `*`, `?` and sets, and each `*` is atomic
    ("spec/patterns.py", "'|'.join(map(re.escape, NAMED_SETS))"),
    ("log_files/expression_search.py", "pattern.encode('utf-8', 'surrogateescape')"),  # of users, compiled only
    ("tui/screens/text_windows.py", "re.escape(asked.text)"),  # of users, literally
    ("views/log.py", "re.escape(question.text)"),  # of users, literally
    ("log_files/patterns.py", "only_if.encode()"),  # a column of a table of constants
    (
        "suggested_commands.py",
        "f\"(?<![\\\\w./-])torc (?=(?:{'|'.join(COMMANDS_WITH_SERVER)})(?![\\\\w-]))\"",
    ),  # words in a row: nothing repeats
    ("scripting/orchestrator.py", "re.escape(self.lineage) + '_(\\\\d+)'"),
    ("scripting/lineage.py", "re.escape(state_prefix(lineage)) + '(\\\\d{6,12})'"),
    ("web/compat.py", "'|'.join(OUTAGE_WORDS)"),
    ("remote/workflow_files.py", "pattern.replace('{id}', str(int(workflow_id)))"),  # for names of files, of 255 bytes
    ("background/backups.py", "re.escape(self.database.stem) + '-([0-9]{8}T[0-9]{6}Z)\\\\.db'"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern in a file, and how it is used: `match`, `fullmatch` or `finditer`, which stands for all searches."""

    file: str
    pattern: str
    flags: int
    methods: tuple[str, ...]


def uses_in(path: Path) -> Iterator[Use | tuple[str, str]]:
    """Yield the patterns of a file, and the expressions of those that are not constants."""
    tree = ast.parse(path.read_text())
    file = str(path).partition("/src/")[2].partition("/")[2]
    used = {
        (node.value.id, "finditer" if node.attr in SEARCHES else node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {*SEARCHES, *METHODS} and isinstance(node.value, ast.Name)
    }
    names = {
        id(node.value): target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if not isinstance(node.func.value, ast.Name) or node.func.value.id != "re" or node.func.attr == "escape":
            continue
        try:
            pattern = ast.literal_eval(node.args[0])
        except ValueError:
            yield file, ast.unparse(node.args[0])
            continue
        text = pattern.decode() if isinstance(pattern, bytes) else pattern
        position = 1 if node.func.attr == "compile" else {"sub": 4, "subn": 4, "split": 3}.get(node.func.attr, 2)
        flags = re.NOFLAG
        for each in ast.walk(ast.Tuple(node.args[position:], ast.Load())):
            if isinstance(each, ast.Attribute):
                flags |= getattr(re, each.attr)
        name = "re" if node.func.attr in {*SEARCHES, *METHODS} else names.get(id(node))
        methods = {method for user, method in used if user == name}
        # A pattern in a table is used by another name, maybe in another file.
        methods = methods or {method for _, method in used} or set(METHODS)
        yield Use(file, text, int(flags), tuple(sorted(methods)))


def all_uses() -> list[Use | tuple[str, str]]:
    root = Path(__file__).parents[2]
    files = [path for package in PACKAGES for path in sorted((root / "packages" / package / "src").rglob("*.py"))]
    return [use for path in files for use in uses_in(path)]


USES = all_uses()
PATTERNS = [use for use in USES if isinstance(use, Use) and re.search(r"[*+{]", use.pattern)]


def test_patterns_that_are_made_at_run_time_are_known() -> None:
    assert {use for use in USES if isinstance(use, tuple)} == MADE_AT_RUN_TIME


@pytest.mark.parametrize("use", PATTERNS, ids=lambda use: f"{use.file}-{use.pattern[:30]}")
def test_a_pattern_takes_linear_time(use: Use) -> None:
    texts = list(dict.fromkeys(pumped_texts(use.pattern, use.flags)))
    attack = json.dumps([MAX_CPU_SECONDS, use.pattern, use.flags, use.methods, texts])
    ended = subprocess.run(
        [sys.executable, "-I", "-c", ATTACK], input=attack, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, (use, ended.stdout.splitlines()[-1:], ended.stderr[-300:])
