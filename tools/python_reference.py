"""The reference page of the Python API, generated from its classes and docstrings."""

import inspect
import re
from collections.abc import Iterator
from enum import Enum

import torc_client
import torc_client.errors
from python_records import records_of, tables_of

PLAIN = ("Torc", "Workflow", "MapWorkflow", "CallResult", "Orchestrator", "Records")
ASYNCHRONOUS = ("AsyncTorc", "AsyncWorkflow", "AsyncMapWorkflow", "AsyncOrchestrator")
# The other methods of the class are for runners and commands.
OF_CLIENT = frozenset({"follow_events", "follow_workflows", "metrics", "close"})
ERRORS = tuple(
    name for name in torc_client.__all__ if isinstance(getattr(torc_client, name), type) and name.endswith("Error")
)
MARKS: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def python_page() -> Iterator[str]:
    """Yield every class that scripts use, its methods, and the records that these return."""
    yield "# Python"
    yield (
        "The names in `torc_client` for scripts: `from torc_client import Torc`. "
        "[Use Torc from Python](../how-to/use-from-python.md) has examples. The operations of the server are "
        "methods of their subjects, `torc.jobs.list_jobs(workflow_id=1)`; [the HTTP API](http-api.md) lists them."
    )
    for name in PLAIN:
        yield from _class(name)
    yield "## With asyncio"
    yield (
        "These classes have the methods of the classes above, as coroutines: `await workflow.run()`. Methods that "
        "yield items are used with `async for`."
    )
    for name in ASYNCHRONOUS:
        yield f"### {name}"
        yield _prose(inspect.getdoc(getattr(torc_client, name)) or "")
    yield from _class("TorcClient", level=3)
    yield "## Records"
    yield (
        "What methods return and accept. Members that are absent are None. Lists of them are `Records`, which can be "
        "converted to a table."
    )
    for kind in records_of(getattr(torc_client, name) for name in PLAIN):
        yield f"### {kind.__name__}"
        if not issubclass(kind, Enum):
            yield _prose(inspect.getdoc(kind) or "")
        yield from tables_of(kind)
    yield "## Errors"
    yield "All are subclasses of `TorcError`: `message` says what is wrong, and `hint` what to do, if that is known."
    for name in ERRORS:
        yield f"### {name}"
        yield _prose(inspect.getdoc(getattr(torc_client, name)) or "")


def client_errors() -> dict[str, type]:
    """Return the errors of the module `errors`, and the others that can be imported from the package."""
    of_module = {
        name: kind
        for name, kind in vars(torc_client.errors).items()
        if inspect.isclass(kind) and issubclass(kind, torc_client.errors.TorcError)
    }
    return of_module | {name: getattr(torc_client, name) for name in ERRORS}


def _class(name: str, level: int = 2) -> Iterator[str]:
    kind = getattr(torc_client, name)
    title, heading = "#" * level, "#" * (level + 1)
    yield f"{title} {name}"
    yield _prose(inspect.getdoc(kind) or "")
    yield from tables_of(kind)
    if name in {"Torc", "TorcClient"}:
        yield f"```python\n{_signature(name, inspect.signature(kind.__init__), returns=False)}\n```"
    for member, value in vars(kind).items():
        function = value.__func__ if isinstance(value, classmethod) else value
        if member.startswith("_") or hasattr(function, "__deprecated__"):
            continue
        if name == "TorcClient" and member not in OF_CLIENT:
            continue
        if isinstance(function, property):
            yield f"{heading} {name}.{member}"
            yield _prose(inspect.getdoc(function) or "")
        elif inspect.isfunction(function):
            yield f"{heading} {name}.{member}"
            yield f"```python\n{_signature(member, inspect.signature(function))}\n```"
            yield _prose(inspect.getdoc(function) or "")


def _signature(name: str, signature: inspect.Signature, *, returns: bool = True) -> str:
    """Return a signature without `self`."""
    _, *parameters = signature.parameters.values()
    words = []
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}".replace("'", '"')
        mark = MARKS.get(parameter.kind, "")
        words.append(f"{mark}{parameter.name}: {_type(parameter.annotation)}{default}")
    returned = f" -> {_type(signature.return_annotation)}" if returns else ""
    line = f"{name}({', '.join(words)}){returned}"
    return line if len(line) <= 100 else f"{name}(\n" + "".join(f"    {word},\n" for word in words) + f"){returned}"


def _type(annotation: object) -> str:
    """Return a type without module names."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"(?:[A-Za-z_]\w*\.)+(\w+)", r"\1", text).replace("~", "").replace("+", "").replace("'", "")


def _prose(text: str) -> str:
    """Convert a docstring to Markdown: examples become blocks."""
    parts = []
    for part in text.split("\n\n"):
        if part.startswith(">>>"):
            parts.append(f"```python\n{part}\n```")
        elif part.startswith("    "):
            parts.append("```python\n" + "\n".join(line.removeprefix("    ") for line in part.splitlines()) + "\n```")
        else:
            parts.append(part)
    return "\n\n".join(parts)
