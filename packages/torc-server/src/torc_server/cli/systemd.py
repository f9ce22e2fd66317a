"""The server as a unit of systemd: where things lie, what the unit says, and the calls of systemctl."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

UNIT = "com.github.torc.torc-server.service"


class ServiceError(Exception):
    """The service cannot be managed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose service it is: the system's, or that of one user, with the places of each."""

    unit_folder: Path
    log_folder: Path
    database: Path
    is_user: bool

    @property
    def unit(self) -> Path:
        """The unit's file."""
        return self.unit_folder / UNIT


def scope_of(home: Path, *, is_user: bool) -> Scope:
    """Give the places of the system's service, or of the one of the user with this home."""
    if is_user:
        return Scope(home / ".config/systemd/user", home / ".torc/logs", home / ".torc/torc.db", is_user=True)
    return Scope(Path("/etc/systemd/system"), Path("/var/log/torc"), Path("/var/lib/torc/torc.db"), is_user=False)


def unit_text(scope: Scope, arguments: Sequence[str], writable: Sequence[Path]) -> str:
    """Write the unit: how to run the server, and what it may not do. `writable` are the folders that it writes."""
    command = " ".join(_quoted(each) for each in (sys.executable, "-m", "torc_server", "run", *arguments))
    # A user's manager cannot make namespaces everywhere: what needs them is left to the system's.
    confined = (
        []
        if scope.is_user
        else [
            "ProtectSystem=strict",
            "PrivateTmp=true",
            "PrivateDevices=true",
            "ProtectKernelTunables=true",
            "ProtectControlGroups=true",
            *(f"ReadWritePaths={_quoted(str(folder))}" for folder in writable),
        ]
    )
    lines = [
        "[Unit]",
        "Description=Torc workflow server",
        "After=network-online.target",
        "",
        "[Service]",
        f"ExecStart={command}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=2",
        "TimeoutStopSec=15",
        "UMask=0077",
        "NoNewPrivileges=true",
        "LockPersonality=true",
        "RestrictRealtime=true",
        "RestrictSUIDSGID=true",
        "SystemCallArchitectures=native",
        *confined,
        "",
        "[Install]",
        f"WantedBy={'default.target' if scope.is_user else 'multi-user.target'}",
    ]
    return "\n".join(lines) + "\n"


def install(scope: Scope, text: str, folders: Sequence[Path]) -> bool:
    """Write the unit and make its folders; tell whether the unit is another than before. Raises ServiceError."""
    _systemctl_path()
    try:
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        scope.unit_folder.mkdir(parents=True, exist_ok=True)
        changed = not scope.unit.exists() or scope.unit.read_text() != text
        if changed:
            scope.unit.write_text(text)
            scope.unit.chmod(0o644)
    except OSError as error:
        hint = "" if scope.is_user else "; root may, and --user makes a service of your own"
        raise ServiceError(f"cannot write {error.filename}: {error.strerror}{hint}") from error
    systemctl(scope, "daemon-reload")
    systemctl(scope, "enable", UNIT)
    return changed


def uninstall(scope: Scope) -> bool:
    """Stop the service and remove its unit; tell whether there was one. Raises ServiceError."""
    if not scope.unit.exists():
        return False
    systemctl(scope, "disable", "--now", UNIT)
    try:
        scope.unit.unlink()
    except OSError as error:
        raise ServiceError(f"cannot remove {scope.unit}: {error.strerror}") from error
    systemctl(scope, "daemon-reload")
    return True


def require_installed(scope: Scope) -> None:
    """Raise ServiceError where there is no unit."""
    if not scope.unit.exists():
        flag = " --user" if scope.is_user else ""
        raise ServiceError(f"the service is not installed: `torc-server service install{flag}` does that")


def systemctl(scope: Scope, *arguments: str, may_fail: bool = False) -> str:
    """Call systemctl and give what it printed; raises ServiceError with its words when it fails."""
    command = [_systemctl_path(), *(["--user"] if scope.is_user else []), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0 and not may_fail:
        said = ended.stderr.strip() or ended.stdout.strip() or f"exit status {ended.returncode}"
        raise ServiceError(f"`{' '.join(['systemctl', *command[1:]])}` failed: {said}")
    return ended.stdout


def _systemctl_path() -> str:
    found = shutil.which("systemctl", path=os.environ.get("PATH"))
    if found is None:
        raise ServiceError(
            "systemctl is not here, so this machine has no services of systemd: start `torc-server run` by what it has"
        )
    return found


def _quoted(word: str) -> str:
    """Write a word so that systemd reads it as it is."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or not word or any(each in word for each in " \t;'") else word
