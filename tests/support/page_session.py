"""A reader's terminal: the commands of a page, run in order, and their output compared with the shown output."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

from support import needs
from support.pages import ROOT, Block
from support.processes import Output, Place
from support.shown_output import ANY, difference

# After each block the shell's directory and variables are kept for the next, as in a reader's terminal.
# stdout and stderr are one stream, as in a terminal, and END_OF_COMMAND separates the outputs of the commands.
END_OF_COMMAND = "-- end of the output of a command --"
SESSION = """
exec 2>&1
[ -e "$HOME/.session" ] && . "$HOME/.session"
set -euo pipefail
{commands}
{{ export -p; printf 'cd %q\\n' "$PWD"; }} > "$HOME/.session"
"""


class PageSession:
    """Runs the commands of a page as a reader would."""

    def __init__(self, place: Place, *, with_hosts: str = "") -> None:
        self.place = place
        self.with_hosts = with_hosts
        """The mark of blocks whose hosts are there: "cluster" for nodes of Slurm, "machines" for hosts with ssh."""
        self.ports: dict[str, str] = {}
        self.missing: list[str] = []
        """The programs whose absence left blocks out."""
        self.background: list[tuple[Block, subprocess.Popen[str], Output]] = []
        (place.directory / "examples").symlink_to(ROOT / "examples")
        # Pages show the default ports; here every program takes a free one.
        place.environment |= {"TORC_SERVER__PORT": "0", "USER": f"reader{os.getpid()}", "PYTHONWARNINGS": "error"}
        # Pages find the clone by the folder of the activated environment in it. Here it is another folder of the clone.
        place.environment["VIRTUAL_ENV"] = str(ROOT / "docs")

    def follow(self, block: Block) -> None:
        """Write the file of the block, or run its commands."""
        if "file" in block.marks:
            self.place.file(str(Path(self.working_directory(), block.marks["file"])), block.text)
        elif "needs" in block.marks and needs.path_of(block.marks["needs"]) is None:
            self.missing.append(block.marks["needs"])
        elif block.language == "console" and "elsewhere" not in block.marks:
            if ({"cluster", "machines"} & set(block.marks)) - {self.with_hosts}:
                return
            if "background" in block.marks:
                self.start(block)
            else:
                self.type(block)

    def working_directory(self) -> str:
        """The directory in which the reader's terminal is."""
        kept = self.place.home / ".session"
        return shlex.split(kept.read_text().splitlines()[-1])[1] if kept.exists() else "."

    def type(self, block: Block) -> None:
        """Run the commands to their end and compare their exit code and their output."""
        code = int(block.marks.get("status", "0"))
        script = f"\necho; echo '{END_OF_COMMAND}'\n".join(self.with_ports(command.text) for command in block.commands)
        ended = self.place.run("bash", "-c", SESSION.format(commands=script), status=None)
        outputs = ended.stdout.split(f"{END_OF_COMMAND}\n")
        assert (ended.returncode, len(outputs)) == (code, len(block.commands)), (
            f"{block.place}: exit code {ended.returncode} after command {len(outputs)}, expected {code} after"
            f" command {len(block.commands)}\n{script}\n{ended.stdout}\n{ended.stderr}"
        )
        if code != 0:
            assert "Traceback" not in ended.stdout, f"{block.place}\n{ended.stdout}"
        for command, output in zip(block.commands, outputs, strict=True):
            if command.shown:
                self.compare(block, command.text, command.shown, output)

    def compare(self, block: Block, command: str, shown: Iterable[str], output: str) -> None:
        """Fail where the shown output differs from the output of the command."""
        for in_page, real in self.ports.items():
            output = re.sub(rf"\b{real}\b", in_page, output)
        found = difference(shown, output)
        assert found is None, f"{block.place}: {found}\n$ {command}\n{output}"

    def start(self, block: Block) -> None:
        """Start a program and wait until it listens."""
        (command,) = block.commands
        asked = re.search(r"--port[ =](\d+)", command.text)
        is_server = command.text.startswith("torc-server")
        shown = asked[1] if asked else "8080" if is_server else "8090"
        text = re.sub(r"--port[ =]\d+", "--port 0", command.text)
        process = self.place.start(
            "bash", "-c", SESSION.format(commands=f"exec {text}"), stderr=subprocess.STDOUT, start_new_session=True
        )
        assert process.stdout is not None
        output = Output(process.stdout)
        self.background.append((block, process, output))
        with_socket = re.search(r"--socket +(\S+)", text)
        if with_socket and not is_server:
            output.wait_for("torc-dash")
            if "--standalone" in text:
                self.place.environment["TORC_API_URL"] = output.wait_for("TORC_API_URL=").partition("=")[2]
        elif with_socket:
            output.wait_for("TORC_SERVER_SOCKET=")
        elif is_server:
            port = output.wait_for("TORC_SERVER_PORT=").partition("=")[2]
            # Clients of a page use its first server; later ones only show their start.
            if (
                shown != "0"
                and self.ports.setdefault(shown, port) == port
                and "TORC_API_URL" not in self.place.environment
            ):
                self.place.environment["TORC_API_URL"] = f"http://localhost:{port}/torc-service/v1"
        else:
            output.wait_for("http://")

    def with_ports(self, commands: str) -> str:
        """Return the commands with the real ports of the programs."""
        for shown, real in self.ports.items():
            commands = re.sub(rf"(?<=[: ]){shown}\b", real, commands)
        return commands

    def close(self) -> None:
        """Stop the programs that the page left running."""
        for _, process, output in reversed(self.background):
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(ProcessLookupError):
                process.wait()
            output.finish()

    def compare_background(self) -> None:
        """Compare the output of the stopped programs. Lines of their logs may be between the shown lines."""
        for block, _, output in self.background:
            (command,) = block.commands
            if command.shown:
                shown = [ANY, *(line for shown in command.shown for line in (shown, ANY))]
                self.compare(block, command.text, shown, output.finish())
