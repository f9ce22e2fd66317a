"""The systemd unit of the server: its text, its paths, and calls of systemctl."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torc_server.edge.output_files import OWN, write_text

UNIT = "com.github.torc.torc-server.service"


class ServiceError(Exception):
    """The unit cannot be managed. The message has the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The manager of the unit, the system or one user, with the paths that it uses."""

    unit_folder: Path
    log_folder: Path
    database: Path
    is_user: bool

    @property
    def unit(self) -> Path:
        """The path of the unit file."""
        return self.unit_folder / UNIT


def scope_of(home: Path, *, is_user: bool) -> Scope:
    """Return the paths of the system, or of the user with this home directory."""
    if is_user:
        return Scope(home / ".config/systemd/user", home / ".torc/logs", home / ".torc/torc.db", is_user=True)
    return Scope(Path("/etc/systemd/system"), Path("/var/log/torc"), Path("/var/lib/torc/torc.db"), is_user=False)


def unit_text(scope: Scope, arguments: Sequence[str], writable: Sequence[Path]) -> str:
    """Return the text of the unit: the command and its restrictions. The server writes to the `writable` folders."""
    command = " ".join(_quoted(each) for each in (sys.executable, "-m", "torc_server", "run", *arguments))
    # The manager of a user cannot create namespaces on every machine, so these options are for the system only.
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
    """Write the unit and create its folders. Returns whether the unit changed. Raises ServiceError."""
    _systemctl_path()
    try:
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        scope.unit_folder.mkdir(parents=True, exist_ok=True)
        changed = not scope.unit.exists() or scope.unit.read_text() != text
        if changed:
            write_text(scope.unit, text, OWN)
    except OSError as error:
        hint = "" if scope.is_user else "; run the command as root, or use --user for a service of your user"
        raise ServiceError(f"cannot write {error.filename}: {error.strerror}{hint}") from error
    systemctl(scope, "daemon-reload")
    systemctl(scope, "enable", UNIT)
    return changed


def uninstall(scope: Scope) -> bool:
    """Stop the server and remove its unit. Returns whether there was one. Raises ServiceError."""
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
    """Raise ServiceError if there is no unit."""
    if not scope.unit.exists():
        flag = " --user" if scope.is_user else ""
        raise ServiceError(f"{scope.unit} does not exist; run `torc-server service install{flag}` first")


def systemctl(scope: Scope, *arguments: str, may_fail: bool = False) -> str:
    """Call systemctl and return its output. Raises ServiceError with its error message."""
    command = [_systemctl_path(), *(["--user"] if scope.is_user else []), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0 and not may_fail:
        reason = ended.stderr.strip() or ended.stdout.strip() or f"exit code {ended.returncode}"
        raise ServiceError(f"`{' '.join(['systemctl', *command[1:]])}` failed: {reason}")
    return ended.stdout


def _systemctl_path() -> str:
    found = shutil.which("systemctl", path=os.environ.get("PATH"))
    if found is None:
        managers = {"Darwin": "launchd (a property list with KeepAlive)", "Windows": "a service of Windows"}
        manager = managers.get(platform.system(), "its service manager")
        raise ServiceError(
            "systemctl was not found, so this machine has no systemd, and services of other managers are not written;"
            f" let {manager} run `torc-server run`, or use the container image"
        )
    return found


def _quoted(word: str) -> str:
    """Quote a word for a unit file, if necessary."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or not word or any(each in word for each in " \t;'") else word
