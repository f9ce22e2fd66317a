"""The records of the Python API: which ones its methods return and accept, and tables of their members."""

import ast
import inspect
import textwrap
import typing
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, cast

import msgspec

Records = dict[str, type]


def records_of(classes: Iterable[type]) -> list[type]:
    """Return the records in the signatures of the methods of these classes, and the records in those, by name."""
    found: Records = {}
    for kind in classes:
        for member, value in vars(kind).items():
            function = value.fget if isinstance(value, property) else value
            if not member.startswith("_") and inspect.isfunction(function) and not hasattr(function, "__deprecated__"):
                signature = inspect.signature(function)
                parameters = signature.parameters.values()
                for annotation in (signature.return_annotation, *(each.annotation for each in parameters)):
                    _collect(annotation, found)
    return [found[name] for name in sorted(found)]


def _collect(annotation: Any, found: Records) -> None:
    for part in typing.get_args(annotation):
        _collect(part, found)
    if not isinstance(annotation, type) or annotation.__name__ in found:
        return
    if issubclass(annotation, Enum) and annotation.__module__.startswith("torc_client"):
        found[annotation.__name__] = annotation
    elif issubclass(annotation, msgspec.Struct):
        found[annotation.__name__] = annotation
        for hint in typing.get_type_hints(annotation).values():
            _collect(hint, found)


def tables_of(kind: type) -> Iterator[str]:
    """Yield a table of the members of a record, or the values of an enum; nothing for other classes."""
    if issubclass(kind, Enum):
        yield "Values: " + ", ".join(f"`{each.value}`" for each in kind) + "."
    elif is_dataclass(kind) or issubclass(kind, msgspec.Struct):
        rows = [f"| `{name}` | {annotation} | {text} |" for name, annotation, text in _members(kind)]
        if rows:
            yield "\n".join(["| Member | Type | |", "|---|---|---|", *rows])


def _members(kind: type) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and description of the members, which are in the source only."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    definition = cast("ast.ClassDef", definition)
    for statement, following in zip(definition.body, [*definition.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ""
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                text = " ".join(str(following.value.value).split())
            annotation = f"`{ast.unparse(statement.annotation)}`".replace("|", "\\|")
            yield statement.target.id, annotation, text.replace("|", "\\|")
