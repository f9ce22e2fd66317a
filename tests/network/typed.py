"""Commands typed on hosts as a page shows them, and programs that run there meanwhile."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.hosts import Host
from support.processes import Output, ended_after

SPEC = "name: hello\njobs:\n  - {name: hello, command: hostname > hello.txt}\n"


def typed(host: Host, command: str, *, status: int = 0) -> str:
    """Run a line of a shell on a host, and return what it printed, stderr after stdout."""
    ended = host.run("bash", "-c", command, status=status)
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


@contextmanager
def running(host: Host, command: str, until: str) -> Iterator[Output]:
    """Run a line of a shell on a host in the background, from when it has printed `until`."""
    process = host.start("bash", "-c", f"exec {command}", stderr=subprocess.STDOUT)
    with ended_after(process):
        output = Output(process.stdout)
        try:
            output.wait_for(until)
            yield output
        finally:
            process.terminate()
            process.wait()
            output.finish()


@contextmanager
def serving(host: Host, options: str = "") -> Iterator[Output]:
    """Run `torc-server run` with these options on a host. Its port is 8080 unless they say otherwise."""
    with running(host, f"torc-server run {options}", "TORC_SERVER_PORT=") as output:
        yield output


def add_user(host: Host, file: str | Path, name: str, password: str) -> None:
    """Add a user to a password file."""
    typed(host, f"mkdir -p $(dirname {file}); printf '%s\\n' {password} | torc-htpasswd add -f {file} {name}")
