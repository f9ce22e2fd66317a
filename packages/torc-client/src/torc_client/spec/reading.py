"""Read a spec file: YAML, JSON, JSON5 or KDL text into plain values, refusing what nobody can have meant."""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client.spec.common_mistakes import with_remedy
from torc_client.spec.formats import Format, format_of
from torc_client.spec.json_text import TextError, json_positions, read_json, read_json5
from torc_client.spec.positions import Position, Positions
from torc_client.spec.problems import Problem, SpecError, did_you_mean

MAX_BYTES = 256 * 1024 * 1024
# Texts have no NUL; programs and archives have one soon.
BYTES_LOOKED_AT = 8192
# What no YAML and no JSON begins with, but most KDL: a word and a text, or a node with braces.
LIKE_KDL = re.compile(r'\s*(//[^\n]*\n\s*|/\*.*?\*/\s*)*[A-Za-z_]+([ \t]+("|[^\s:]+\n)|[ \t]*\{[ \t]*\n)', re.DOTALL)
LIKE_JSON = re.compile(r"[\s\ufeff]*(//[^\n]*\n\s*|/\*.*?\*/\s*)*\{", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """The values in a text, and the text."""

    source: str
    format: Format
    text: str
    value: Any
    complaints: Sequence[Problem] = ()
    """What is wrong with the text, though the rest of it could be understood."""

    def positions(self) -> Positions:
        """Where each value stands; looked for when asked, since it takes another reading."""
        if self.format is Format.YAML:
            from torc_client.spec.yaml_positions import yaml_positions  # noqa: PLC0415 - other formats need no yaml

            return yaml_positions(self.text)
        if self.format is Format.KDL:
            from torc_client.spec.kdl_text import kdl_positions  # noqa: PLC0415 - the same

            return kdl_positions(self.text)
        return json_positions(self.text)


def read_document(path: str) -> Document:
    """Read a spec file, or standard input for `-`. Raises SpecError."""
    source = "standard input" if path == "-" else path
    try:
        content = _content(path)
    except OSError as error:
        raise _refused(source, f"cannot be read: {error.strerror}{_remedy(path, error)}") from error
    except ValueError as error:
        raise _refused(source, "is no name of a file") from error
    if len(content) > MAX_BYTES:
        raise _refused(source, f"larger than {MAX_BYTES >> 20} MiB; use parameters to describe many jobs")
    if b"\0" in content[:BYTES_LOOKED_AT]:
        raise _refused(source, "is no text; give a spec in YAML, JSON, JSON5 or KDL")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text(source, error) from error
    return parse(source, text, format=None if path == "-" else format_of(path))


def _remedy(path: str, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "; give a file in it"
    if not isinstance(error, FileNotFoundError):
        return ""
    try:
        names = [each.name for each in Path(path).parent.iterdir()]
    except OSError:
        return f"; there is no directory {str(Path(path).parent)!r}"
    return did_you_mean(Path(path).name, names) or "; give the path of a spec, or - to read standard input"


def _not_text(source: str, error: UnicodeDecodeError) -> SpecError:
    content = error.object  # without the mark at the beginning that some editors write
    line_start = content.rfind(b"\n", 0, error.start) + 1
    column = len(content[line_start : error.start].decode("utf-8-sig")) + 1
    position = Position(content.count(b"\n", 0, error.start) + 1, column)
    message = f"is not UTF-8 text: the byte 0x{content[error.start]:02x} begins no character; save it as UTF-8"
    return SpecError(source, [Problem("", message, position)])


def _content(path: str) -> bytes:
    """What can be read, up to one byte more than is allowed: pipes and devices tell no size beforehand."""
    if path == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse(source: str, text: str, *, format: Format | None = None) -> Document:
    """Read a text of a format, or, where that is not known, of the format that it looks like. Raises SpecError."""
    if not text.strip():
        raise SpecError(source, [Problem("", "is empty; a spec has a name and jobs", Position(1, 1))])
    if format is not None:
        return _document(source, format, text)
    likely = [Format.YAML]
    if LIKE_JSON.match(text):
        likely = [Format.JSON, Format.JSON5, Format.YAML]
    elif LIKE_KDL.match(text):
        likely = [Format.KDL, Format.YAML]
    errors: list[SpecError] = []
    for guess in likely:
        try:
            document = _document(source, guess, text)
        except SpecError as error:
            errors.append(error)
            continue
        if isinstance(document.value, dict) or guess is not Format.YAML or len(likely) == 1:
            return document
    # Of JSON with comments, or without quotes, what JSON says would be beside the point.
    raise errors[1] if likely[0] is Format.JSON and len(errors) > 1 else errors[0]


def _document(source: str, format: Format, text: str) -> Document:
    if format is not Format.KDL:
        return Document(source, format, text, READERS[format](source, text))
    from torc_client.spec.kdl_text import read_kdl  # noqa: PLC0415 - other formats need no such reader

    value, complaints = _read(read_kdl)(source, text)
    return Document(source, format, text, value, complaints)


def _read(reader: Callable[[str], Any]) -> Callable[[str, str], Any]:
    def reading(source: str, text: str) -> Any:
        try:
            return reader(text)
        except TextError as error:
            raise SpecError(source, [Problem("", with_remedy(str(error)), error.position)]) from error

    return reading


def _read_yaml(source: str, text: str) -> Any:
    import yaml  # noqa: PLC0415 - commands that read no spec need not wait for it

    from torc_client.spec.yaml_text import read_yaml  # noqa: PLC0415 - the same

    try:
        return read_yaml(text)
    except yaml.MarkedYAMLError as error:
        mark, said = error.problem_mark, error.problem or str(error)
        if said == "found unexpected end of stream" and error.context_mark is not None:
            mark, said = error.context_mark, "the text that begins here has no end; close the quotes"
        position = Position(mark.line + 1, mark.column + 1) if mark else None
        raise SpecError(source, [Problem("", with_remedy(said), position)]) from error
    except yaml.YAMLError as error:
        raise _refused(source, str(error).splitlines()[0]) from error


READERS: dict[Format, Callable[[str, str], Any]] = {
    Format.YAML: _read_yaml,
    Format.JSON: _read(read_json),
    Format.JSON5: _read(read_json5),
}


def _refused(source: str, message: str) -> SpecError:
    return SpecError(source, [Problem("", message)])
