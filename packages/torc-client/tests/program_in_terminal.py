"""Runs the program `torc` in a terminal of a chosen width."""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios

PROGRAM = [sys.executable, "-c", "from torc_client.cli import main; main()"]


def surroundings(url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "PYTHONPATH") if name in os.environ}
    return {
        **kept, "TORC_API_URL": url, "TORC_USERNAME": "ada", "TERM": "xterm-256color", "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
    }  # fmt: skip


async def in_terminal(url: str, arguments: list[str], columns: int, typed: str = "", **environment: str) -> str:
    """Return the output of a command in a terminal of `columns` columns, with the echo of typed text."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *arguments, env=surroundings(url) | environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    read = asyncio.create_task(asyncio.to_thread(_read_all, ours))
    code = await process.wait()
    text = (await read).decode().replace("\r\n", "\n").replace("\x1b", "<ESC>")
    return f"{text}--- exit code {code}\n"


def _read_all(descriptor: int) -> bytes:
    parts = []
    try:
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:  # Linux raises EIO after the last process has closed the terminal
        pass
    finally:
        os.close(descriptor)
    return b"".join(parts)
