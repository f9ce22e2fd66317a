"""Read a spec file: YAML or JSON text into plain values, refusing what would be read in a way nobody meant."""

import json
import sys
from pathlib import Path
from typing import Any

from torc_client.spec.problems import Problem, SpecError

MAX_BYTES = 256 * 1024 * 1024
YAML_ENDINGS = {".yaml", ".yml"}
LATER_ENDINGS = {".kdl": "KDL", ".json5": "JSON5"}


def read_document(path: str) -> Any:
    """The contents of a spec file, or of standard input for `-`. Raises SpecError."""
    if path == "-":
        return parse("standard input", sys.stdin.read(), ending="")
    file = Path(path)
    if file.suffix in LATER_ENDINGS:
        form = LATER_ENDINGS[file.suffix]
        raise SpecError(path, [Problem("", f"{form} specs are not supported yet; write the spec in YAML or JSON")])
    try:
        if file.stat().st_size > MAX_BYTES:
            raise SpecError(
                path, [Problem("", f"larger than {MAX_BYTES >> 20} MiB; use parameters to describe many jobs")]
            )
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SpecError(path, [Problem("", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise SpecError(path, [Problem("", f"is not UTF-8 text (byte {error.start})")]) from error
    return parse(path, text, ending=file.suffix)


def parse(source: str, text: str, *, ending: str) -> Any:
    """The values in the text: JSON for `.json`, YAML for `.yaml`, and by its first character otherwise."""
    is_json = ending == ".json" or (ending not in YAML_ENDINGS and text.lstrip().startswith("{"))
    return _parse_json(source, text) if is_json else _parse_yaml(source, text)


def _parse_json(source: str, text: str) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise SpecError(source, [Problem("", f"the member {name!r} stands twice in one object; keep one")])
            found[name] = value
        return found

    try:
        return json.loads(text, object_pairs_hook=members)
    except json.JSONDecodeError as error:
        raise SpecError(source, [Problem(f"line {error.lineno}, column {error.colno}", error.msg)]) from error
    except RecursionError as error:
        raise SpecError(source, [Problem("", "nested too deeply")]) from error


def _parse_yaml(source: str, text: str) -> Any:
    import yaml  # noqa: PLC0415 - commands that read no spec need not wait for it

    from torc_client.spec.yaml_loader import StrictLoader  # noqa: PLC0415 - the same

    try:
        return yaml.load(text, StrictLoader)  # noqa: S506 - a SafeLoader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SpecError(source, [Problem(place, error.problem or str(error))]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(source, [Problem("", str(error).splitlines()[0])]) from error
    except RecursionError as error:
        raise SpecError(source, [Problem("", "nested too deeply")]) from error
