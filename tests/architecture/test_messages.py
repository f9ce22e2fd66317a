"""Tests assert what identifies an error; its wording is in golden files (`support.golden`).

`prose_asserts.txt` counts, for each folder of tests, the assertions that hold prose. The numbers can only fall.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import golden
from support.prose import prose_in

COUNTS = Path(__file__).with_name("prose_asserts.txt")


def files_of_tests(root: Path) -> Iterator[Path]:
    yield from (root / "tests").rglob("*.py")
    for folder in (root / "packages").glob("*/tests"):
        yield from folder.rglob("*.py")


def test_fewer_and_fewer_tests_assert_prose(root: Path):
    lines: dict[str, list[str]] = {}
    for path in files_of_tests(root):
        for line in sorted(set(prose_in(ast.parse(path.read_text())))):
            lines.setdefault(str(path.parent.relative_to(root)), []).append(f"{path.relative_to(root)}:{line}")
    counted = Counter({folder: len(found) for folder, found in lines.items()})
    allowed = Counter({folder: int(count) for folder, _, count in map(_parts, COUNTS.read_text().splitlines())})
    more = {folder: places for folder, places in lines.items() if counted[folder] > allowed[folder]}
    assert not more, f"use the fixture `told` and a label, not prose: {more}"
    golden.assert_golden(COUNTS, "".join(f"{folder} {counted[folder]}\n" for folder in sorted(counted)))


def _parts(line: str) -> tuple[str, str, str]:
    return line.rpartition(" ")


def test_every_message_belongs_to_a_test(root: Path):
    """Find sections whose test is gone: delete them."""
    gone = []
    for path in sorted(root.glob(f"packages/*/tests/**/{golden.FOLDER}/*.txt")):
        module = path.parent.parent.parent / f"{path.stem}.py"
        assert module.exists(), f"delete {path}"
        tree = ast.parse(module.read_text())
        tests = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
        keys = golden.sections(path.read_text())
        gone += [f"{path.relative_to(root)}: {key}" for key in keys if key.partition(": ")[0] not in tests]
    assert gone == []


@pytest.mark.parametrize(
    ("source", "is_prose"),
    [
        ("def test():\n    assert problem.reason == 'must be text'", True),
        ("def test():\n    assert 'must be' in str(raised.value)", True),
        ("def test():\n    with raises(SpecError, match='must be text'): load()", True),
        ("@parametrize('fix', ['leave the quotes out'])\ndef test(fix):\n    assert problem.fix == fix", True),
        ("@parametrize(('a', 'b'), [('two words', 'B')])\ndef test(a, b):\n    assert b in ended.err", False),
        ("def test():\n    assert \"'sim_10'\" in problem.reason", False),
        ("def test():\n    assert 'torc run 7' in ended.err", False),
        ("def test():\n    assert 'Start one: torc run 7' in ended.err", True),
        ("def test():\n    assert (problem.code, problem.place) == (Code.SYNTAX, 'jobs[0]')", False),
        ("def test():\n    assert record['command'] == 'echo one two'", False),
    ],
)
def test_the_gate_itself(source, is_prose):
    assert bool(list(prose_in(ast.parse(source)))) == is_prose


def test_a_message_is_compared_with_its_exit_code(monkeypatch, tmp_path):
    monkeypatch.setenv("TORC_WRITE_GOLDEN", "1")
    written = golden.Told("test_x", tmp_path / "golden" / "test_m.txt", tmp_path)
    written.hide("http://n1:8080", "URL")
    written(f"Error: {tmp_path}/test_x0/a is not at http://n1:8080.\n", "missing", exit_code=1)
    (key,) = golden.sections((tmp_path / "golden" / "test_m.txt").read_text()).items()
    assert key == ("test_x: missing", (1, "Error: FOLDER/a is not at URL.\n"))
    monkeypatch.delenv("TORC_WRITE_GOLDEN")
    again = golden.Told("test_x", tmp_path / "golden" / "test_m.txt", tmp_path)
    for text, label, code in (
        ("Error: FOLDER/a is not at URL.\n", "missing", 2),
        ("Error: another.\n", "missing", 1),
        ("", "missing", 1),
        ("Error: FOLDER/a is not at URL.\n", "new", 1),
    ):
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            again(text, label, exit_code=code)
    monkeypatch.setenv("TORC_WRITE_GOLDEN", "1")
    with pytest.raises(AssertionError):
        golden.Told("test_x", tmp_path / "golden" / "test_m.txt", tmp_path)(
            "Error: FOLDER/a is not at URL.\n", "missing", exit_code=2
        )
