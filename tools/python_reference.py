"""The reference page of the Python API, generated from its classes and docstrings."""

import inspect
import re
from collections.abc import Iterator

import torc_client

PLAIN = ("Torc", "Workflow", "MapWorkflow", "CallResult", "Orchestrator", "Records")
ASYNCHRONOUS = ("AsyncTorc", "AsyncWorkflow", "AsyncMapWorkflow", "AsyncOrchestrator", "TorcClient")
ERRORS = (
    "CallError",
    "MapError",
    "FunctionNotImportableError",
    "InputFilesMissingError",
    "NotInJobError",
    "RunnerNotInstalledError",
    "RunnerError",
)


def python_page() -> Iterator[str]:
    """Yield every class that scripts use, and its methods."""
    yield "# Python"
    yield (
        "The names in `torc_client` for scripts: `from torc_client import Torc`. "
        "[Use Torc from Python](../how-to/use-from-python.md) has examples. The operations of the server are "
        "methods of their subjects, `torc.jobs.list_jobs(workflow_id=1)`; [the HTTP API](http-api.md) lists them."
    )
    for name in PLAIN:
        yield from _class(name)
    yield "## With asyncio"
    for name in ASYNCHRONOUS:
        yield f"### {name}"
        yield _prose(inspect.getdoc(getattr(torc_client, name)) or "")
    yield "## Errors of scripts"
    for name in ERRORS:
        yield f"### {name}"
        yield _prose(inspect.getdoc(getattr(torc_client, name)) or "")


def _class(name: str) -> Iterator[str]:
    kind = getattr(torc_client, name)
    yield f"## {name}"
    yield _prose(inspect.getdoc(kind) or "")
    for member, value in vars(kind).items():
        function = value.__func__ if isinstance(value, classmethod) else value
        if member.startswith("_"):
            continue
        if isinstance(function, property):
            yield f"### {name}.{member}"
            yield _prose(inspect.getdoc(function) or "")
        elif inspect.isfunction(function):
            yield f"### {name}.{member}"
            yield f"```python\n{_signature(member, inspect.signature(function))}\n```"
            yield _prose(inspect.getdoc(function) or "")


def _signature(name: str, signature: inspect.Signature) -> str:
    """Return a signature without `self`."""
    _, *parameters = signature.parameters.values()
    words = []
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}".replace("'", '"')
        words.append(f"{parameter.name}: {_type(parameter.annotation)}{default}")
    returned = _type(signature.return_annotation)
    line = f"{name}({', '.join(words)}) -> {returned}"
    return line if len(line) <= 100 else f"{name}(\n" + "".join(f"    {word},\n" for word in words) + f") -> {returned}"


def _type(annotation: object) -> str:
    """Return a type without module names."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"(?:[A-Za-z_]\w*\.)+(\w+)", r"\1", text).replace("~", "").replace("'", "")


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
