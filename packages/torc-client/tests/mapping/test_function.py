"""The functions that jobs can load."""

import builtins
import functools
import json
import math
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from support import needs
from torc_client.mapping import function
from torc_client.mapping.function import FunctionNotImportableError, load, name_of, refer

PRINT_REFERENCE = "import json; from torc_client.mapping.function import refer\nprint(json.dumps(refer({})))\n"


def test_a_function_of_a_module_is_found_by_its_name():
    reference = refer(json.dumps)
    assert (reference["module"], reference["func"]) == ("json", "dumps")
    assert Path(reference["module_directory"], "json", "__init__.py").is_file()
    assert load(reference) is json.dumps


def test_modules_that_are_no_files():
    assert refer(abs) == {"module": "builtins", "func": "abs"}
    assert load(refer(abs)) is abs


def test_functions_in_classes():
    assert load(refer(Path.is_file)) is Path.is_file


def run_script(path: Path, text: str) -> dict[str, str]:
    path.write_text(text)
    shown = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, cwd=path.parent)
    reference: dict[str, str] = json.loads(shown.stdout)
    return reference


def in_a_job(reference: dict[str, str], expression: str) -> str:
    """Return the output of a new Python process that loads a function."""
    text = f"from torc_client.mapping.function import load\nfunction = load({reference!r})\nprint({expression})"
    done = subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


def test_a_function_of_a_script_is_found_in_it_without_running_it_as_one(tmp_path):
    (tmp_path / "beside.py").write_text("OFFSET = 100\n")
    reference = run_script(
        tmp_path / "script",
        "import beside\ndef shifted(item):\n    return item + beside.OFFSET\nif __name__ == '__main__':\n"
        + textwrap.indent(PRINT_REFERENCE.format("shifted"), "    "),
    )
    assert reference == {
        "script": str(tmp_path / "script"),
        "func": "shifted",
        "module_directory": str(tmp_path),
    }
    assert in_a_job(reference, "function(1)") == "101"
    assert in_a_job(reference, "function.__module__") == "__mp_main__"


def test_a_function_of_a_module_that_is_run(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    text = "def three(item):\n    return 3\nif __name__ == '__main__':\n"
    (package / "tool.py").write_text(text + textwrap.indent(PRINT_REFERENCE.format("three"), "    "))
    words = [sys.executable, "-m", "package.tool"]
    shown = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    reference = json.loads(shown.stdout)
    assert reference == {"module": "package.tool", "func": "three", "module_directory": str(tmp_path)}
    assert in_a_job(reference, "function(1)") == "3"


def test_what_has_no_name_is_carried_along():
    needs.library("cloudpickle")
    offset = 7
    reference = refer(lambda item: item + offset)
    assert load(json.loads(json.dumps(reference)))(1) == 8
    assert load(refer(functools.partial(math.pow, 2)))(3) == 8


def test_without_cloudpickle_the_error_has_a_remedy(monkeypatch):
    real = function.importlib.import_module

    def without(name):
        if name == "cloudpickle":
            raise ModuleNotFoundError(name=name)
        return real(name)

    monkeypatch.setattr(function.importlib, "import_module", without)
    with pytest.raises(FunctionNotImportableError, match="Jobs cannot import") as refused:
        refer(lambda item: item)
    assert refused.value.hint is not None
    assert "at the top of a module" in refused.value.hint
    assert load(refer(functools.partial(math.pow, 2)))(3) == 8


def test_a_name_that_leads_to_something_else_is_not_taken(monkeypatch):
    needs.library("cloudpickle")

    def dumps(item):
        return f"mine of {item}"

    dumps.__module__, dumps.__qualname__ = "json", "dumps"
    assert load(refer(dumps))(1) == "mine of 1"


def test_names_of_jobs():
    assert [name_of(json.dumps), name_of(lambda: 0), name_of(functools.partial(builtins.print))] == [
        "dumps",
        "lambda",
        "partial",
    ]


def test_a_module_without_the_function():
    with pytest.raises(FunctionNotImportableError, match="json has no function 'no_such'"):
        load({"module": "json", "func": "no_such"})
