"""Tests of specs assert the code and the place of a problem; its wording is in `golden/problems.txt` alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
WORDING = {"reason", "fix", "message"}
# Two words in a row. Names, paths and numbers within a message may be asserted.
PROSE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def prose_in(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of assertions about the wording of a message."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        given = {argument.arg for argument in function.args.args} & _parametrized(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Assert) and _reads_wording(node) and _names_words(node, given):
                yield node.lineno
            if isinstance(node, ast.keyword) and node.arg == "match" and _names_words(node.value, given):
                yield node.value.lineno


def _parametrized(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the words of the decorators, which name the arguments that hold expected texts."""
    constants = (each for decorator in function.decorator_list for each in ast.walk(decorator))
    texts = [each.value for each in constants if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return set(texts) if any(PROSE.search(text) for text in texts) else set()


def _reads_wording(node: ast.AST) -> bool:
    return any(
        (isinstance(each, ast.Attribute) and each.attr in WORDING)
        or (isinstance(each, ast.Name) and each.id in {*WORDING, "warning", "line"})
        or (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in {"str", "shown"})
        for each in ast.walk(node)
    )


def _names_words(node: ast.AST, given: set[str]) -> bool:
    return any(
        (isinstance(each, ast.Constant) and isinstance(each.value, str) and PROSE.search(each.value) is not None)
        or (isinstance(each, ast.Name) and each.id in given)
        for each in ast.walk(node)
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("test_*.py")), ids=lambda path: path.stem)
def test_no_test_of_specs_asserts_wording(path):
    lines = list(prose_in(ast.parse(path.read_text())))
    assert not lines, f"{path.name}, lines {lines}: assert the code and the place; add the spec to tests/spec_cases.py"


@pytest.mark.parametrize(
    ("text", "is_prose"),
    [
        ("def test():\n    assert problem.reason == 'must be text'", True),
        ("def test():\n    assert 'must be' in str(raised.value)", True),
        ("def test():\n    with raises(SpecError, match='must be text'): load()", True),
        ("@parametrize('fix', ['leave the quotes out'])\ndef test(fix):\n    assert problem.fix == fix", True),
        ("def test():\n    assert \"'sim_10'\" in problem.reason", False),
        ("def test():\n    assert (problem.code, problem.place) == (Code.SYNTAX, 'jobs[0]')", False),
        ("def test():\n    assert record['command'] == 'echo one two'", False),
    ],
)
def test_the_gate_itself(text, is_prose):
    assert bool(list(prose_in(ast.parse(text)))) == is_prose
