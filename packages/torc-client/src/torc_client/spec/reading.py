"""Read a spec file: YAML, JSON, JSON5 or KDL text into plain values."""

import codecs
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torc_client.spec.codes import Code
from torc_client.spec.common_mistakes import common_fix
from torc_client.spec.formats import Format, format_of
from torc_client.spec.json_text import TextError, json_positions, read_json, read_json5
from torc_client.spec.positions import Position, Positions
from torc_client.spec.problems import Problem, SpecError, closest, did_you_mean

MAX_BYTES = 256 * 1024 * 1024
# Texts have no NUL bytes; programs and archives have one near their beginning.
CHECKED_BYTES = 8192
# The beginning of most KDL texts, which YAML and JSON cannot have: a word and a text, or a node with braces.
LIKE_KDL = re.compile(r'[A-Za-z_]+([ \t]+("|[^\s:]+\n)|[ \t]*\{[ \t]*\n)')
SPACE = re.compile(r"[\s\ufeff]*")


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its values."""

    source: str
    format: Format
    text: str
    value: Any
    complaints: Sequence[Problem] = ()
    """Problems of the text that did not prevent reading the rest of it."""

    def positions(self) -> Positions:
        """Return the position of each value. This reads the text a second time."""
        if self.format is Format.YAML:
            from torc_client.spec.yaml_positions import yaml_positions  # noqa: PLC0415 - other formats do not need it

            return yaml_positions(self.text)
        if self.format is Format.KDL:
            from torc_client.spec.kdl_text import kdl_positions  # noqa: PLC0415 - as above

            return kdl_positions(self.text)
        return json_positions(self.text)


def read_document(path: str) -> Document:
    """Read a spec file, or standard input for `-`. Raises SpecError."""
    source = "standard input" if path == "-" else path
    try:
        content = _content(path)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise _refused(source, Code.UNREADABLE_FILE, reason, _path_fix(path, error)) from error
    except ValueError as error:
        raise _refused(source, Code.UNREADABLE_FILE, "is not a valid file name") from error
    if len(content) > MAX_BYTES:
        reason = f"is larger than {MAX_BYTES >> 20} MiB"
        raise _refused(source, Code.UNREADABLE_FILE, reason, "use parameters to describe many jobs")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _refused(source, Code.NOT_TEXT, "is UTF-16 text", "save it as UTF-8")
    if b"\0" in content[:CHECKED_BYTES]:
        raise _refused(source, Code.NOT_TEXT, "is not text", "give a spec in YAML, JSON, JSON5 or KDL")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text(source, error) from error
    return parse(source, text, format=None if path == "-" else format_of(path))


def _path_fix(path: str, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "give a file in it"
    if not isinstance(error, FileNotFoundError):
        return ""
    try:
        names = [each.name for each in Path(path).parent.iterdir()]
    except OSError:
        return f"there is no directory {str(Path(path).parent)!r}"
    close = closest(Path(path).name, names)
    return did_you_mean(close) or "give the path of a spec, or - to read standard input"


def _not_text(source: str, error: UnicodeDecodeError) -> SpecError:
    content = error.object  # without the byte order mark that some editors write
    line_start = content.rfind(b"\n", 0, error.start) + 1
    column = len(content[line_start : error.start].decode("utf-8-sig")) + 1
    position = Position(content.count(b"\n", 0, error.start) + 1, column)
    reason = f"is not UTF-8 text: the byte 0x{content[error.start]:02x} does not begin a character"
    return SpecError(source, [Problem(Code.NOT_TEXT, "", reason, "save it as UTF-8", position)])


def _content(path: str) -> bytes:
    """Read at most one byte more than is allowed: the size of pipes and devices is not known beforehand."""
    if path == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse(source: str, text: str, *, format: Format | None = None) -> Document:
    """Read a text. If `format` is None, it is detected from the text. Raises SpecError."""
    if not text.strip():
        raise SpecError(source, [Problem(Code.EMPTY, "", "is empty", "write a name and jobs", Position(1, 1))])
    if format is not None:
        return _document(source, format, text)
    likely = [Format.YAML]
    start = _after_comments(text)
    if text.startswith("{", start):
        likely = [Format.JSON, Format.JSON5, Format.YAML]
    elif LIKE_KDL.match(text, start):
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
    # For JSON with comments or unquoted names, the error of the JSON5 reader is the relevant one.
    raise errors[1] if likely[0] is Format.JSON and len(errors) > 1 else errors[0]


def _after_comments(text: str) -> int:
    """Return the offset of the first value or node, after white space and comments of JSON5 and KDL."""
    offset = 0
    while True:
        space = SPACE.match(text, offset)
        offset = space.end() if space else offset
        if text.startswith("//", offset):
            offset = text.find("\n", offset)
        elif text.startswith("/*", offset):
            end = text.find("*/", offset + 2)
            offset = -1 if end < 0 else end + 2
        else:
            return offset
        if offset < 0:  # the comment has no end
            return len(text)


def _document(source: str, format: Format, text: str) -> Document:
    if format is not Format.KDL:
        return Document(source, format, text, READERS[format](source, text))
    from torc_client.spec.kdl_text import read_kdl  # noqa: PLC0415 - other formats do not need it

    value, complaints = _read(read_kdl)(source, text)
    return Document(source, format, text, value, complaints)


def _read(reader: Callable[[str], Any]) -> Callable[[str, str], Any]:
    def reading(source: str, text: str) -> Any:
        try:
            return reader(text)
        except TextError as error:
            complaint = error.complaint
            problem = Problem(complaint.code, "", complaint.reason, complaint.fix, error.position)
            raise SpecError(source, [problem]) from error

    return reading


def _read_yaml(source: str, text: str) -> Any:
    import yaml  # noqa: PLC0415 - commands that do not read a spec do not need it

    from torc_client.spec.yaml_text import RefusedError, read_yaml  # noqa: PLC0415 - as above

    try:
        return read_yaml(text)
    except RefusedError as error:
        mark, complaint = error.problem_mark, error.complaint
        position = Position(mark.line + 1, mark.column + 1) if mark else None
        problem = Problem(complaint.code, "", complaint.reason, complaint.fix, position)
        raise SpecError(source, [problem]) from error
    except yaml.MarkedYAMLError as error:
        mark, reason = error.problem_mark, error.problem or str(error)
        fix = common_fix(reason)
        if reason == "found unexpected end of stream" and error.context_mark is not None:
            mark, reason, fix = error.context_mark, "the text that begins here has no end", "close the quotes"
        position = Position(mark.line + 1, mark.column + 1) if mark else None
        raise SpecError(source, [Problem(Code.SYNTAX, "", reason, fix, position)]) from error
    except yaml.YAMLError as error:
        raise _refused(source, Code.SYNTAX, str(error).splitlines()[0]) from error


READERS: dict[Format, Callable[[str, str], Any]] = {
    Format.YAML: _read_yaml,
    Format.JSON: _read(read_json),
    Format.JSON5: _read(read_json5),
}


def _refused(source: str, code: Code, reason: str, fix: str = "") -> SpecError:
    return SpecError(source, [Problem(code, "", reason, fix)])
