"""The reference to the function that a job calls: its name in a module or a script, else the pickled function.

This module does not import the network library, so that jobs that exchange files start quickly.
"""

import base64
import importlib
import importlib.util
import os
import pickle
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, TypedDict, cast

from torc_client.code_loading import FunctionNotImportableError

# The name that multiprocessing gives to the script of the parent process, so that its main part does not run.
SCRIPT_OF_CALLER = "__mp_main__"


class Reference(TypedDict, total=False):
    """The location of a function, as JSON."""

    module: str
    script: str
    """Instead of a module, the path of the script with the function."""
    func: str
    """The qualified name of the function in the module, with dots if it is in a class."""
    module_directory: str
    """The directory in which modules are searched first."""
    pickled: str
    """The pickled function in base64, if it cannot be imported by name."""


def refer(function: Callable[..., Any]) -> Reference:
    """Return the location of a function. Raises FunctionNotImportableError if jobs cannot load it."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", None)
    if module is None or name is None or _look_up(module, name) is not function:
        return _carried(function)
    if module.__name__ != "__main__":
        return _in_module(module, module.__name__, name)
    if module.__spec__ is not None:  # python -m
        return _in_module(module, module.__spec__.name, name)
    script = getattr(module, "__file__", None)
    if script is None or not Path(script).is_file():  # a notebook, or a prompt
        return _carried(function)
    path = Path(script).absolute()
    return {"script": str(path), "func": name, "module_directory": str(path.parent)}


def name_of(function: Callable[..., Any]) -> str:
    """Return a short name of a function, a prefix for names of jobs."""
    name = str(getattr(function, "__name__", "") or type(function).__name__)
    return name.strip("<>") or "call"


def load(reference: Reference) -> Callable[..., Any]:
    """Load a function. Raises FunctionNotImportableError, and the errors of importing the module."""
    directory = reference.get("module_directory")
    if directory and directory not in sys.path:
        sys.path.insert(0, directory)
    if "pickled" in reference:
        return cast("Callable[..., Any]", pickle.loads(base64.b64decode(reference["pickled"])))  # noqa: S301 - code
    name = reference["func"]
    module = _script(reference["script"]) if "script" in reference else importlib.import_module(reference["module"])
    function = _look_up(module, name)
    if not callable(function):
        raise FunctionNotImportableError(
            f"{module.__name__} has no function {name!r}.", "Use the name of an existing function."
        )
    return cast("Callable[..., Any]", function)


def pickler_for(reference: Reference) -> Any:
    """Return the module that pickles the items and values of a function: cloudpickle, if it is installed.

    It carries the classes of the main module. A job that loads the script has these.
    """
    if "script" in reference:
        return pickle
    try:
        return importlib.import_module("cloudpickle")
    except ModuleNotFoundError:
        return pickle


def _in_module(module: ModuleType, module_name: str, name: str) -> Reference:
    reference: Reference = {"module": module_name, "func": name}
    file = getattr(module, "__file__", None)
    if file is not None:
        depth = module_name.count(".") + (1 if hasattr(module, "__path__") else 0)
        reference["module_directory"] = str(Path(file).absolute().parents[depth])
    return reference


def _look_up(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _carried(function: Callable[..., Any]) -> Reference:
    try:
        content = pickler_for({}).dumps(function)
    except Exception as error:
        raise FunctionNotImportableError(
            f"Jobs cannot import {function!r}, and it cannot be pickled: {error}",
            "Define the function at the top of a module or script, or `pip install 'torc-client[functions]'`.",
        ) from error
    pickled = base64.b64encode(content).decode()
    return {"func": name_of(function), "pickled": pickled, "module_directory": sys.path[0] or os.getcwd()}  # noqa: PTH109


def _script(path: str) -> ModuleType:
    """Load a script as the module __main__, which its pickled objects refer to, without running its main part."""
    spec = importlib.util.spec_from_file_location(
        SCRIPT_OF_CALLER, path, loader=SourceFileLoader(SCRIPT_OF_CALLER, path)
    )
    assert spec is not None  # noqa: S101 - it is given a loader
    assert spec.loader is not None  # noqa: S101 - the same
    module = importlib.util.module_from_spec(spec)
    sys.modules["__main__"] = sys.modules[SCRIPT_OF_CALLER] = module
    spec.loader.exec_module(module)
    return module
