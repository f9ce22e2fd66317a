"""Standard streams that are closed, full or without a reader: no traceback, and no file in their place.

Text of others cannot control the terminal: control characters are visible on stderr, and on stdout if that is a
terminal. Other output to stdout is data and stays as it is.
"""

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO, TypeVar, cast

from .terminal_text import inert

Result = TypeVar("Result")

EXIT_NO_READER = 141
"""The exit code of a program whose reader has closed the pipe, as of a program that SIGPIPE ends."""


class OutputError(Exception):
    """stdout cannot be written. The text is a sentence."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"stdout cannot be written: {error.strerror}.")
        self.has_no_reader = error.errno == errno.EPIPE
        self.exit_code = EXIT_NO_READER if self.has_no_reader else 1


class _Descriptor(io.RawIOBase):
    """A standard stream. After the first failure it discards what is written, so that nothing fails again at exit."""

    def __init__(self, number: int, *, is_required: bool) -> None:
        super().__init__()
        self._number = number
        self.is_required = is_required
        self.failure: OSError | None = None

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._number

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._number)

    def writable(self) -> bool:
        """Return true."""
        return True

    def write(self, data: Any, /) -> int | None:
        """Write to the stream. Raises OutputError at the first failure if the output is required."""
        if self.failure is None:
            try:
                return os.write(self._number, data)
            except BlockingIOError:
                return None
            except OSError as error:
                self.failure = error
                if self.is_required:
                    raise OutputError(error) from None
        return memoryview(data).nbytes


class _Screen(io.TextIOWrapper):
    """A text stream that makes control characters visible."""

    def write(self, text: str, /) -> int:
        """Write a text that may come from others."""
        super().write(inert(text))
        return len(text)

    def write_unfiltered(self, text: str) -> int:
        """Write a text with escape sequences of this program."""
        return super().write(text)

    @property
    def buffer(self) -> Any:
        """A binary stream whose text is made visible too."""
        return _Bytes(self)


class _Bytes(io.BufferedIOBase):
    """The binary stream of a `_Screen`. Its bytes are text in UTF-8."""

    def __init__(self, screen: _Screen) -> None:
        super().__init__()
        self._screen = screen
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def writable(self) -> bool:
        """Return true."""
        return True

    def write(self, data: Any, /) -> int:
        """Write a part of the text; a part of a character waits for the rest."""
        self._screen.write(self._decoder.decode(bytes(data)))
        return memoryview(data).nbytes

    def flush(self) -> None:
        """Write what is buffered."""
        self._screen.flush()


class _Unfiltered:
    """A `_Screen` for output that contains escape sequences of this program."""

    def __init__(self, screen: _Screen) -> None:
        self._screen = screen
        self.write = screen.write_unfiltered

    def __getattr__(self, name: str) -> Any:
        return getattr(self._screen, name)


def unfiltered(stream: TextIO) -> TextIO:
    """Return a standard stream for output whose text was made visible before, such as that of rich."""
    return cast("TextIO", _Unfiltered(stream)) if isinstance(stream, _Screen) else stream


class StandardStreams:
    """The standard streams of this process, once they are guarded."""

    def __init__(self) -> None:
        self._stdout: _Descriptor | None = None
        self._warnings: set[str] = set()

    def guard(self) -> None:
        """Open closed streams on /dev/null, and replace stdout and stderr by streams without tracebacks.

        Failures of stderr are ignored. A failure of stdout raises OutputError, unless `ignore_failures` was called.
        """
        if os.name != "posix" or sys.stdout is not sys.__stdout__ or sys.stderr is not sys.__stderr__:
            return
        for number in (0, 1, 2):
            try:
                os.fstat(number)
            except OSError:
                # The lowest free number, which is this one. Otherwise, a database or a log could get it.
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003  its only form
        self._stdout = _Descriptor(1, is_required=True)
        sys.stdout = _text(self._stdout, sys.stdout)
        sys.stderr = _text(_Descriptor(2, is_required=False), sys.stderr)

    def ignore_failures(self) -> None:
        """Discard output that cannot be written: the work of this program matters more."""
        if self._stdout is not None:
            self._stdout.is_required = False

    def warn(self, sentence: str) -> None:
        """Print a warning on stderr, unless it was printed before."""
        if sentence not in self._warnings:
            self._warnings.add(sentence)
            sys.stderr.write(f"Warning: {sentence}\n")

    def failure(self) -> OutputError | None:
        """Write what is buffered. Return the failure of stdout if there was one and failures are ignored."""
        if self._stdout is None:
            return None
        sys.stdout.flush()
        return None if self._stdout.failure is None else OutputError(self._stdout.failure)


streams = StandardStreams()


def run(program: Callable[[], Result]) -> Result:
    """Run a program with guarded streams. It ends with a sentence if its output cannot be written.

    If only the reader has gone, as `head` does, it ends without one.
    """
    streams.guard()
    try:
        try:
            return program()
        finally:
            sys.stdout.flush()
    except OutputError as error:
        if not error.has_no_reader:
            sys.stderr.write(f"Error: {error}\n")
        sys.exit(error.exit_code)


def _text(descriptor: _Descriptor, former: TextIO | None) -> TextIO:
    is_for_people = descriptor.fileno() == 2 or os.isatty(1)
    return (_Screen if is_for_people else io.TextIOWrapper)(
        io.BufferedWriter(descriptor),
        encoding="utf-8" if former is None else former.encoding,
        errors="backslashreplace" if former is None else former.errors,
        line_buffering=is_for_people,
    )
