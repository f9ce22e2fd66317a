"""Write the type stubs of the models and API classes of the package `torc`, which are made when it is imported.

python tools/torc_stubs.py           write the files
python tools/torc_stubs.py --check   write nothing; exit 1 and name the files that are stale
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any

from torc.openapi_client.api_classes import VARIANTS, tags
from torc.openapi_client.calls import Argument, Call, calls
from torc.openapi_client.model_classes import make, names

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "packages/torc-client/src/torc/openapi_client"
HEADER = "# Generated from openapi.json by tools/torc_stubs.py. Do not edit.\n"
_OPTIONS = (
    "_request_timeout: float | tuple[float, float] | None = None",
    "_headers: Mapping[str, str] | None = None",
)


def models() -> str:
    """Return the stub of the models."""
    made = [make(name) for name in names()]
    return "\n".join(
        [
            f"{HEADER}from typing import Any\n",
            "from torc.openapi_client.model import Model as Model",
            "from torc.openapi_client.model_classes import WordEnum as WordEnum\n",
            *(_enum(each) if issubclass(each, Enum) else _model(each) for each in made),
        ]
    )


def _enum(made: type[Any]) -> str:
    return f"class {made.__name__}(WordEnum):\n" + "".join(f'    {each.name} = "{each.value}"\n' for each in made)


def _model(made: type[Any]) -> str:
    types = {name: _optional(each.annotation, each.required) for name, each in made.model_fields.items()}
    members = "".join(f"    {name}: {annotation}\n" for name, annotation in types.items())
    keywords = (
        f"{name}: {annotation}" if made.model_fields[name].required else f"{name}: {annotation} = ..."
        for name, annotation in types.items()
    )
    signature = ", ".join(["self", *(["*", *keywords] if types else [])])
    return f"class {made.__name__}(Model):\n{members}\n    def __init__({signature}) -> None: ...\n"


def apis() -> str:
    """Return the stub of the API classes."""
    of_models = "\n".join(f"from torc.openapi_client.models import {name}" for name in names())
    classes = "\n".join(_class(name, tag) for name, tag in tags().items())
    return (
        f"{HEADER}from collections.abc import Mapping\nfrom typing import Any\n\n"
        "from torc.openapi_client.api_classes import Api as Api\n"
        "from torc.openapi_client.api_response import ApiResponse\n"
        f"{of_models}\nfrom torc.openapi_client.rest import RESTResponse\n\n"
        f"__all__ = {['DefaultApi', *tags()]!r}\n\n{classes}\nclass DefaultApi({', '.join(tags())}): ...\n"
    )


def _class(name: str, tag: str) -> str:
    methods = [method for call in calls().values() if call.tag == tag for method in _methods(call)]
    return f"class {name}(Api):\n" + "".join(f"    {method}\n" for method in methods)


def _methods(call: Call) -> Iterable[str]:
    arguments = ", ".join(["self", *map(_argument, call.arguments), "*", *_OPTIONS])
    answer = " | ".join(dict.fromkeys(kind.name for kind in call.answers.values()))
    for ending, returned in zip(("", *VARIANTS), (answer, f"ApiResponse[{answer}]", "RESTResponse"), strict=True):
        yield f"def {call.operation.id}{ending}({arguments}) -> {returned}: ..."


def _argument(argument: Argument) -> str:
    annotation = _optional(argument.kind.name, argument.required)
    return f"{argument.name}: {annotation}" + ("" if argument.required else " = ...")


def _optional(annotation: str, required: bool) -> str:
    return annotation if required or annotation == "Any" or annotation.endswith("None") else f"{annotation} | None"


def _tidy(name: str, text: str) -> str:
    for command in (["check", "--isolated", "--fix", "--quiet", "--select", "F401,I001", "--exit-zero"], ["format"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--line-length", "120", "--stdin-filename", name, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write or check; the exit code."""
    parser = argparse.ArgumentParser(description="Write the type stubs of the package torc.")
    parser.add_argument("--check", action="store_true", help="only name the stale files; exit 1 if there are any")
    options = parser.parse_args(arguments)
    wanted = {
        PACKAGE / "models/__init__.pyi": _tidy("__init__.pyi", models()),
        PACKAGE / "api/__init__.pyi": _tidy("__init__.pyi", apis()),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if options.check:
        if stale:
            names_of_stale = ", ".join(str(path.relative_to(ROOT)) for path in stale)
            print(f"stale: {names_of_stale}; run `make openapi`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
