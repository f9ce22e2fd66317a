"""Asserts that hold the wording of messages, found in the source of tests."""

import ast
import re
from collections.abc import Iterator

# Two words in a row. Names, paths, commands and numbers within a message may be asserted.
_PROSE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
_COMMAND = re.compile(r"torc(-server|-dash)?( [\w-]+)+")
_ATTRIBUTES = {"err", "fix", "hint", "message", "out", "reason", "stderr"}
_NAMES = {*_ATTRIBUTES, "error", "errors", "said", "shown", "text", "warning", "warnings", "line"}
_CALLS = {"shown", "str"}


def prose_in(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of assertions about the wording of a message."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        given = {argument.arg for argument in function.args.args} & _parametrized(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Assert) and _reads_wording(node) and _names_words(node.test, given):
                yield node.lineno
            if isinstance(node, ast.keyword) and node.arg == "match" and _names_words(node.value, given):
                yield node.value.lineno


def _is_prose(node: ast.AST) -> bool:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and _PROSE.search(_COMMAND.sub("", node.value)) is not None  # type: ignore[attr-defined]


def _parametrized(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the arguments whose values in a decorator are prose."""
    found: set[str] = set()
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and len(decorator.args) >= 2):
            continue
        names, values = decorator.args[:2]
        texts = [each.value for each in ast.walk(names) if isinstance(each, ast.Constant)]
        keys = [name.strip() for text in texts for name in str(text).split(",")]
        for row in values.elts if isinstance(values, ast.List | ast.Tuple) else [values]:
            cells = row.args if isinstance(row, ast.Call) else getattr(row, "elts", [row])
            cells = cells if len(keys) > 1 else [row]
            found |= {key for key, cell in zip(keys, cells, strict=False) if any(map(_is_prose, ast.walk(cell)))}
    return found


def _reads_wording(node: ast.AST) -> bool:
    return any(
        (isinstance(each, ast.Attribute) and each.attr in _ATTRIBUTES)
        or (isinstance(each, ast.Name) and each.id in _NAMES)
        or (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in _CALLS)
        for each in ast.walk(node)
    )


def _names_words(node: ast.AST, given: set[str]) -> bool:
    return any(_is_prose(each) or (isinstance(each, ast.Name) and each.id in given) for each in ast.walk(node))
