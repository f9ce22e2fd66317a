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
    source = "standard input" if path == "-" else path
    ending = "" if path == "-" else Path(path).suffix.lower()
    if ending in LATER_ENDINGS:
        raise _refused(path, f"{LATER_ENDINGS[ending]} specs are not supported yet; write the spec in YAML or JSON")
    try:
        content = _content(path)
    except OSError as error:
        raise _refused(source, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _refused(source, "is no name of a file") from error
    if len(content) > MAX_BYTES:
        raise _refused(source, f"larger than {MAX_BYTES >> 20} MiB; use parameters to describe many jobs")
    try:
        return parse(source, content.decode("utf-8-sig"), ending=ending)
    except UnicodeDecodeError as error:
        raise _refused(source, f"is not UTF-8 text (byte {error.start})") from error


def _content(path: str) -> bytes:
    """What can be read, up to one byte more than is allowed: pipes and devices tell no size beforehand."""
    if path == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse(source: str, text: str, *, ending: str) -> Any:
    """The values in the text: by the ending of its name, and where that says nothing, JSON if it is JSON, else YAML.

    Raises SpecError.
    """
    if ending == ".json":
        return _parse_json(source, text)
    if ending not in YAML_ENDINGS and text.lstrip().startswith("{"):
        try:
            return _parse_json(source, text)
        except SpecError as error:
            if not isinstance(error.__cause__, json.JSONDecodeError):
                raise
    return _parse_yaml(source, text)


def _parse_json(source: str, text: str) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise _refused(source, f"the member {name!r} stands twice in one object; keep one")
            found[name] = value
        return found

    try:
        return json.loads(text, object_pairs_hook=members)
    except json.JSONDecodeError as error:
        raise SpecError(source, [Problem(f"line {error.lineno}, column {error.colno}", error.msg)]) from error
    except ValueError as error:
        raise _refused(source, "has a number of thousands of digits") from error
    except RecursionError as error:
        raise _refused(source, "nested too deeply") from error


def _parse_yaml(source: str, text: str) -> Any:
    import yaml  # noqa: PLC0415 - commands that read no spec need not wait for it

    from torc_client.spec.yaml_text import read_yaml  # noqa: PLC0415 - the same

    try:
        return read_yaml(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SpecError(source, [Problem(place, error.problem or str(error))]) from error
    except yaml.YAMLError as error:
        raise _refused(source, str(error).splitlines()[0]) from error


def _refused(source: str, message: str) -> SpecError:
    return SpecError(source, [Problem("", message)])
