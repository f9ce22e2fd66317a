"""Look at a host by ssh before it becomes a worker: its system, Python and torc."""

from msgspec import Struct

from torc_client.remote.address import WorkerAddress
from torc_client.remote.ssh import SshConnection, run
from torc_client.remote.ssh_problems import RemoteError, SshProblem

CONNECT_TIMEOUT_SECONDS = 15
LOGIN_SECONDS = 30.0
"""The time for login files and the commands of the probe, in addition to that for the connecting."""

_LONGEST_VALUE = 60
# The programs must not read the rest of the script. torc is last: it takes longest, and may hang.
_SCRIPT = """
exec </dev/null
printf 'system=%s\\n' "$(uname -s)"
printf 'machine=%s\\n' "$(uname -m)"
printf 'python=%s\\n' "$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null)"
printf 'torc=%s\\n' "$(torc --version 2>/dev/null)"
"""


class HostFacts(Struct, frozen=True):
    """What a host has. `python` and `torc` are versions, empty if the login does not find the program in PATH."""

    system: str
    machine: str
    python: str
    torc: str

    @property
    def sentence(self) -> str:
        """The facts in one line."""
        python = f"Python {self.python}" if self.python else "no python3 in PATH"
        torc = f"torc {self.torc}" if self.torc else "no torc in PATH"
        return f"{self.system} {self.machine}, {python}, {torc}"


async def probe(address: WorkerAddress, connect_timeout_seconds: int = CONNECT_TIMEOUT_SECONDS) -> HostFacts:
    """Return what a host has. Raises RemoteError if it cannot be reached, or cannot run workers."""
    ended = await run(
        address,
        _SCRIPT,
        limit_seconds=connect_timeout_seconds + LOGIN_SECONDS,
        connection=SshConnection(connect_timeout_seconds=connect_timeout_seconds),
    )
    values = dict(line.partition("=")[::2] for line in ended.text.splitlines() if "=" in line)
    facts = HostFacts(*(_bounded(values.get(name, "")) for name in ("system", "machine", "python", "torc")))
    if not facts.system:
        ended.require()
        raise RemoteError(
            SshProblem.NO_SHELL, f"{address}: the host has no `uname`.", "Workers need Linux. Use another host."
        )
    if facts.system != "Linux":
        raise RemoteError(
            SshProblem.NOT_LINUX, f"{address}: the host runs {facts.system}.", "Workers need Linux. Use another host."
        )
    return facts


def _bounded(value: str) -> str:
    printable = "".join(character for character in value if character.isprintable())
    return printable.removeprefix("torc ").strip()[:_LONGEST_VALUE]
