"""Golden files: texts that tests compare. TORC_WRITE_GOLDEN=1 writes them again; read the difference.

A message that a test is about stands in `golden/messages/MODULE.txt` beside the test, under the name of the test and a
label. The test names the label; the wording is in the golden file alone.
"""

import difflib
import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path("golden", "messages")
_HEADING = re.compile(r"=== (?P<key>[^()\n]+)(?: \(exit code (?P<code>-?\d+)\))?")
_VARYING = (
    (re.compile(r"(127\.0\.0\.1|localhost|\[::1\]):\d+"), r"\1:PORT"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?"), "TIME"),
)
_WRITTEN: dict[tuple[Path, str], tuple[int | None, str]] = {}


def is_writing() -> bool:
    """Return whether golden files are written instead of compared."""
    return bool(os.environ.get("TORC_WRITE_GOLDEN"))


def assert_golden(path: Path, text: str) -> None:
    """Compare a text with a whole file."""
    if is_writing():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    expected = path.read_text() if path.exists() else ""
    if text != expected:
        pytest.fail(_difference(path, expected, text), pytrace=False)


def _difference(path: Path, expected: str, text: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), "golden", "now", lineterm="")
    return "\n".join([f"{path} differs; TORC_WRITE_GOLDEN=1 writes it.", *lines])


def sections(text: str) -> dict[str, tuple[int | None, str]]:
    """Return the sections of a file of messages: the exit code and the text of each."""
    found: dict[str, tuple[int | None, str]] = {}
    for part in f"\n{text}".split("\n=== ")[1:]:
        heading, _, body = part.partition("\n")
        match = _HEADING.fullmatch(f"=== {heading}")
        assert match, f"no heading of a message: {heading!r}"
        found[match["key"]] = (None if match["code"] is None else int(match["code"]), body.rstrip("\n") + "\n")
    return found


def _file_of(messages: Mapping[str, tuple[int | None, str]]) -> str:
    headings = {key: "" if code is None else f" (exit code {code})" for key, (code, _) in messages.items()}
    return "\n".join(f"=== {key}{headings[key]}\n{messages[key][1]}" for key in sorted(messages))


class Told:
    """Compares the messages of one test with the golden file of its module.

    Folders of tests, ports and times are replaced by words. `hide` adds texts that differ between runs.
    """

    def __init__(self, test: str, path: Path, base: Path) -> None:
        self._test = test
        self._path = path
        self._folders = re.compile(rf"(?:{re.escape(str(base))}|{re.escape(str(base.resolve()))})/(\w+)")
        self._hidden: dict[str, str] = {}

    def hide(self, text: str, word: str) -> None:
        """Show a word in place of a text that differs between runs."""
        self._hidden[text] = word

    def __call__(self, text: str, *labels: str, exit_code: int | None = None) -> None:
        """Compare a message, and the exit code of the command that printed it."""
        assert text.strip(), "nothing was printed"
        key = f"{self._test}: {', '.join(labels)}" if labels else self._test
        now = (exit_code, self._without_varying(text).rstrip("\n") + "\n")
        if is_writing():
            self._write(key, now)
        code, expected = sections(self._path.read_text() if self._path.exists() else "").get(key, (exit_code, ""))
        assert exit_code == code, f"exit code {exit_code} in place of {code}, with: {text}"
        if now[1] != expected:
            pytest.fail(f"{key}: {_difference(self._path, expected, now[1])}")

    @contextmanager
    def raised(self, kind: type[Exception], *labels: str) -> Iterator[pytest.ExceptionInfo[Exception]]:
        """Expect an exception of this class, and compare its message."""
        with pytest.raises(kind) as found:
            yield found
        self(str(found.value), *labels)

    def _without_varying(self, text: str) -> str:
        text = "\n".join(line.rstrip() for line in text.splitlines())
        for found, word in self._hidden.items():
            text = text.replace(found, word)
        text = self._folders.sub(lambda found: "HOME" if found[1].startswith("home") else "FOLDER", text)
        for pattern, word in _VARYING:
            text = pattern.sub(word, text)
        return text

    def _write(self, key: str, now: tuple[int | None, str]) -> None:
        """Write a section; an exit code is never changed, because tests rely on it."""
        before = _WRITTEN.setdefault((self._path, key), now)
        assert before == now, f"{key} has two texts: give them labels.\n{before[1]}\n{now[1]}"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # other workers of pytest write too
            messages = sections(self._path.read_text() if self._path.exists() else "")
            if key not in messages or messages[key][0] == now[0]:
                self._path.write_text(_file_of(messages | {key: now}))
        finally:
            os.close(folder)


@pytest.fixture
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Compare messages with `golden/messages/MODULE.txt`: `told(text, "label")`."""
    path: Path = request.path
    return Told(request.function.__name__, path.parent / FOLDER / f"{path.stem}.txt", tmp_path_factory.getbasetemp())
