"""Print the public names of the package `torc` with their parameters, as JSON: `python -m published.names`."""

import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from typing import Any

MODULES = ("torc", "torc.api", "torc.common", "torc.exceptions", "torc.loggers", "torc.orchestrator")
# Classes of the library on which the published client is built.
BUILT_ON = {"TorcBaseModel"}


def parameters(function: Any) -> list[list[Any]]:
    """Return the names of the parameters, in order, with whether a call needs them."""
    return [
        [name, each.default is inspect.Parameter.empty]
        for name, each in inspect.signature(function).parameters.items()
        if not name.startswith("_")
    ]


def functions() -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield the functions and classes of the package."""
    for name in MODULES:
        module = importlib.import_module(name)
        for public, value in vars(module).items():
            is_own = getattr(value, "__module__", "") == name or public in getattr(module, "__all__", ())
            if public.startswith("_") or public in BUILT_ON or not is_own:
                continue
            if inspect.isfunction(value):
                yield f"{name}.{public}", parameters(value)
            elif inspect.isclass(value):
                yield f"{name}.{public}", []


def operations(library: Any) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield the methods of the API classes."""
    for name in dir(library):
        kind = getattr(library, name)
        if name.endswith("Api") and inspect.isclass(kind):
            for method, value in vars(kind).items():
                if not method.startswith("_"):
                    yield f"{name}.{method}", parameters(value)


def models(library: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the models and enums with their members. Each can also be imported from a module of its own."""
    for name in dir(library):
        kind = getattr(library, name)
        if hasattr(kind, "model_fields"):
            yield name, sorted(set(kind.model_fields) - {"additional_properties"})
        elif inspect.isclass(kind) and hasattr(kind, "__members__"):
            yield name, sorted(kind.__members__)


def main() -> None:
    """Print everything."""
    library = importlib.import_module("torc.openapi_client")
    found = {
        "functions": dict(functions()),
        "operations": dict(operations(library)),
        "models": dict(models(importlib.import_module("torc.openapi_client.models"))),
        "library": sorted(name for name in dir(library) if not name.startswith("_")),
        "modules": sorted(name for name in sys.modules if name.startswith("torc.openapi_client.")),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
