"""`make demo`: a real workflow on a server of its own, from nothing to its results, and nothing left behind.

Everything happens in a temporary directory. The server ends with this program whatever happens to it: it watches
the pipe that is its stdin.
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
    """Run the demonstration and give its exit status."""
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
    """Treat the other ways to be told to stop like Ctrl-C."""
    raise KeyboardInterrupt


def demonstrate(directory: Path) -> None:
    """Start a server, count words with it, show what came out."""
    example = directory / EXAMPLE.name
    shutil.copytree(EXAMPLE, example)
    with running_server(directory) as url:
        environment = clean_environment(TORC_API_URL=url)
        say("1. A server is listening", f"torc-server run --host 127.0.0.1 --port 0   ->  {url}")

        say("2. A runner works through a workflow", f"torc run {SPEC}")
        call(["torc", "run", SPEC], example, environment)

        say("3. What the server remembers of it", "torc results list")
        call(["torc", "results", "list", "1"], example, environment)

        say("4. What the jobs made", f"cat {TOP_TEN}")
        print((example / TOP_TEN).read_text(), end="")
    print(WHAT_NEXT)


def say(heading: str, command: str) -> None:
    """Announce a step with the command that a person would type."""
    print(f"\n== {heading}\n   $ {command}\n", flush=True)


def clean_environment(**more: str) -> dict[str, str]:
    """Give the environment without what would point our programs elsewhere."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TORC_", "DATABASE_URL", "RUST_"))
    }
    kept["PATH"] = f"{PROGRAMS}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return kept | more


def call(words: list[str], directory: Path, environment: dict[str, str]) -> None:
    """Run a command to its end; when we are interrupted, let it stop in order first."""
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
        raise RuntimeError(f"`{' '.join(words)}` ended with exit status {status}")


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
            # Ctrl-C is for us: we stop the runner first and the server after it.
            start_new_session=True,
        ) as server,
    ):
        assert server.stdin is not None  # noqa: S101 - we asked for the pipes
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

   . .venv/bin/activate                                    use the programs that make installed
   torc-server run --host 127.0.0.1 --database torc.db     a server of your own, on port 8080 (leave it running)
   torc run examples/hello_world/hello_world.yaml          in another terminal: a workflow on it
   torc workflows list                                     what the server knows
   torc-dash --socket /tmp/torc-dash-$USER.sock            the same in a web browser; see the tutorial on ssh

   docs/tutorials/first-workflow.md                        write a workflow yourself, in ten minutes
"""


if __name__ == "__main__":
    sys.exit(main())
