"""`make demo`: run a real workflow on a temporary server, print its results, and delete both.

Everything happens in a temporary directory. The server ends with this program in any case, because it watches the pipe
that is its stdin.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
EXAMPLE = ROOT / "examples" / "word_count"
SPEC = "word_count.yaml"
TOP_TEN = Path("work", "top_ten.txt")
PATIENCE_SECONDS = 15


def main() -> int:
    """Run the demonstration and return its exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="torc-demo-") as directory:
            demonstrate(Path(directory))
    except KeyboardInterrupt:
        print("\nInterrupted; everything is stopped and removed.", file=sys.stderr)
        return 128 + signal.SIGINT
    except (subprocess.CalledProcessError, OSError, RuntimeError) as error:
        print(f"The demonstration failed: {error}", file=sys.stderr)
        return 1
    return 0


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Treat SIGTERM and SIGHUP like Ctrl-C."""
    raise KeyboardInterrupt


def demonstrate(directory: Path) -> None:
    """Start a server, count words with it, show the results."""
    example = directory / EXAMPLE.name
    shutil.copytree(EXAMPLE, example)
    with running_server(directory) as url:
        environment = clean_environment(TORC_API_URL=url)
        say(f"1. A server is listening at {url}", "torc-server run --host 127.0.0.1 --port 0")

        say("2. A runner works through a workflow", f"torc run {SPEC}")
        call(["torc", "run", SPEC], example, environment)

        say("3. The results on the server", "torc results list")
        call(["torc", "results", "list", "1"], example, environment)

        say("4. The output of the jobs", f"cat {TOP_TEN}")
        print((example / TOP_TEN).read_text(), end="")
    print(WHAT_NEXT)


def say(heading: str, command: str) -> None:
    """Print a step with the command that a user would type."""
    print(f"\n== {heading}\n   $ {command}\n", flush=True)


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without variables that configure other servers."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TORC_", "DATABASE_URL", "RUST_"))
    }
    kept["PATH"] = f"{PROGRAMS}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept | more


def call(words: list[str], directory: Path, environment: dict[str, str]) -> None:
    """Run a command to its end; after an interruption wait until it has stopped."""
    with subprocess.Popen([PROGRAMS / words[0], *words[1:]], cwd=directory, env=environment) as process:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
            process.kill()
            raise
    if status != 0:
        raise RuntimeError(f"`{' '.join(words)}` ended with exit code {status}")


@contextlib.contextmanager
def running_server(directory: Path) -> Iterator[str]:
    """Start a server on a free port of this machine with a fresh database; stop it at the end."""
    log_path = directory / "server.log"
    listen = ["--host", "127.0.0.1", "--port", "0", "--shutdown-on-stdin-eof"]
    with (
        log_path.open("w") as log,
        subprocess.Popen(
            [PROGRAMS / "torc-server", "run", *listen, "--database", directory / "torc.db"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=clean_environment(),
            # This program handles Ctrl-C: it stops the runner first and the server after it.
            start_new_session=True,
        ) as server,
    ):
        assert server.stdin is not None  # noqa: S101 - both are pipes
        assert server.stdout is not None  # noqa: S101
        try:
            name, _, port = server.stdout.readline().strip().partition("=")
            if name != "TORC_SERVER_PORT":
                raise RuntimeError(f"the server did not start:\n{log_path.read_text()}")
            yield f"http://127.0.0.1:{port}/torc-service/v1"
        finally:
            server.stdin.close()
            try:
                server.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


WHAT_NEXT = """
== What to try next

Use the programs that make installed, in each terminal:
   . .venv/bin/activate

Run a workflow and list the results of its jobs; -s starts a server for one
command alone:
   torc -s run examples/hello_world/hello_world.yaml
   torc -s results list

Start a server that stays (leave it running; Ctrl-C stops it):
   torc-server run --host 127.0.0.1 --database torc.db

In another terminal, run a workflow on that server and open its workflows in a
web browser:
   torc run examples/hello_world/hello_world.yaml
   torc-dash

Write your own workflow:
   docs/tutorials/first-workflow.md
"""


if __name__ == "__main__":
    sys.exit(main())
