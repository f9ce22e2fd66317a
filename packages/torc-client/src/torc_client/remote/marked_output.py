"""Marks around the output of a script, which separate it from what the login files of its host print."""

from msgspec import Struct


class Marked(Struct, frozen=True):
    """The output of a script. `exit_code` is None if its end is missing.

    `messages` was printed on stderr before it, `greeting` on stdout.
    """

    out: bytes
    err: bytes
    messages: bytes
    exit_code: int | None
    has_started: bool
    greeting: bytes = b""


class Marks:
    """Encloses a script, and finds its output. `token` is a text that the host cannot guess."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.start = f"\n[{token}\n".encode()
        self.end = f"\n]{token} ".encode()

    def enclose(self, script: str) -> str:
        """Return a script that also prints the marks. The exit code of `script` is in the last one."""
        start, end = f"\\n[{self._token}\\n", f"\\n]{self._token} %d\\n"
        return (
            f"printf '{start}' >&2\nprintf '{start}'\n(\n{script}\n)\n"
            f"set -- $?\nprintf '{end}' $1\nprintf '{end}' $1 >&2\nexit $1\n"
        )

    def find(self, out: bytes, err: bytes) -> Marked:
        """Find the output of the script in what ssh printed."""
        greeting, started, content, code = self._between(out)
        messages, _, errors, _ = self._between(err)
        return Marked(content, errors, messages, code, started, greeting)

    def _between(self, printed: bytes) -> tuple[bytes, bool, bytes, int | None]:
        """Return what comes before the marks, whether there is a start, what is between, and the exit code."""
        # A login file that prints no newline at its end is followed by the newline of the mark.
        before, start, rest = printed.partition(self.start)
        if not start:
            return printed, False, b"", None
        content, end, code = rest.rpartition(self.end)
        if not end:
            return before, True, rest, None
        digits, newline, _ = code.partition(b"\n")
        # Without the newline, digits of the exit code may be missing.
        return before, True, content, int(digits) if newline and digits.isdigit() else None
