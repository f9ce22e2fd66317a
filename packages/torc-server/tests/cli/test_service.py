"""``torc-server service``, with a fake systemctl on the PATH that records its calls."""

import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.users import not_root
from torc_server.cli.service import service
from torc_server.cli.systemd import UNIT

FAKE = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in *is-active*) echo "${STATE:-active}";; esac
[ -z "$FAILS" ] || { echo "Access denied" >&2; exit 1; }
"""


class Machine:
    """A home directory, and a PATH with a systemctl that records its calls."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.calls_file = folder / "calls"
        programs = folder / "bin"
        programs.mkdir()
        (programs / "systemctl").write_text(FAKE)
        (programs / "systemctl").chmod(0o755)
        self.environment = {"HOME": str(self.home), "PATH": f"{programs}:/usr/bin:/bin", "CALLS": str(self.calls_file)}
        self.unit = self.home / ".config/systemd/user" / UNIT

    def torc(self, *arguments: object, **more: str) -> Result:
        return CliRunner().invoke(service, [str(each) for each in arguments], env={**self.environment, **more})

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_installing_twice_changes_nothing(machine: Machine):
    done = machine.torc("install", "--user")
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{machine.unit} was written; start it with `torc-server service start --user`\n"
    assert machine.calls == ["--user daemon-reload", f"--user enable {UNIT}"]
    text = machine.unit.read_text()
    command = f"ExecStart={sys.executable} -m torc_server run --database {machine.home}/.torc/torc.db"
    assert f"{command} --log-dir {machine.home}/.torc/logs\n" in text
    assert "NoNewPrivileges=true\n" in text
    assert "WantedBy=default.target\n" in text
    assert stat.S_IMODE((machine.home / ".torc").stat().st_mode) & 0o077 == 0
    again = machine.torc("install", "--user")
    assert "was not changed" in again.stdout
    assert machine.unit.read_text() == text


def test_every_option_of_access_is_in_the_unit(machine: Machine, tmp_path: Path):
    flags = [
        *("--host", "127.0.0.1", "--port", "8443", "--threads", "2", "--log-level", "debug", "--json-logs"),
        *("--auth-file", "/etc/torc/htpasswd", "--require-auth", "--enforce-access-control", "--https"),
        *("--admin-user", "ann", "--admin-user", "bob", "--credential-cache-ttl-secs", "5.0"),
        *("--tls-cert", "/etc/torc/cert.pem", "--tls-key", "/etc/torc/key.pem"),
        *("--completion-check-interval-secs", "5.0"),
    ]  # fmt: skip
    text = machine.torc("install", "--user", "--dry-run", *flags).stdout
    (command,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    for start in range(len(flags)):
        assert f" {flags[start]}" in command
    assert command.count("--admin-user") == 2
    assert not machine.unit.exists()
    assert machine.calls == []


def test_the_service_of_the_system_can_write_its_own_folders_only(machine: Machine):
    text = machine.torc("install", "--dry-run", "--backup-dir", "/backups/torc 1").stdout
    assert text.startswith(f"# /etc/systemd/system/{UNIT}\n")
    assert "--database /var/lib/torc/torc.db" in text
    assert '--backup-dir "/backups/torc 1" --log-dir /var/log/torc\n' in text
    assert "ProtectSystem=strict\n" in text
    assert 'ReadWritePaths=/var/lib/torc\nReadWritePaths=/var/log/torc\nReadWritePaths="/backups/torc 1"\n' in text
    assert "WantedBy=multi-user.target\n" in text


def test_paths_are_absolute_and_special_characters_are_quoted(machine: Machine, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = machine.torc("install", "--user", "--dry-run", "--database", '50% $HOME".db').stdout
    assert f'--database "{tmp_path}/50%% $$HOME\\".db"' in text


def test_start_stop_status_and_uninstall(machine: Machine):
    machine.torc("install", "--user")
    assert machine.torc("start", "--user").exit_code == 0
    status = machine.torc("status", "--user")
    assert (status.exit_code, status.stdout) == (0, f"active; the unit is {machine.unit}\n")
    assert machine.torc("stop", "--user").stdout == "stopped\n"
    inactive = machine.torc("status", "--user", STATE="inactive")
    assert (inactive.exit_code, inactive.stdout.split(";")[0]) == (1, "inactive")
    assert "was removed; the database and the logs are kept" in machine.torc("uninstall", "--user").stdout
    assert not machine.unit.exists()
    assert "does not exist" in machine.torc("uninstall", "--user").stdout
    assert machine.calls[2:] == [
        f"--user restart {UNIT}",
        f"--user is-active {UNIT}",
        f"--user stop {UNIT}",
        f"--user is-active {UNIT}",
        f"--user disable --now {UNIT}",
        "--user daemon-reload",
    ]


@pytest.mark.parametrize("command", ["start", "stop", "status"])
def test_a_missing_unit_is_reported(machine: Machine, command: str):
    refused = machine.torc(command, "--user")
    assert refused.exit_code == 1
    assert "does not exist; run `torc-server service install --user` first" in refused.stderr
    assert machine.calls == []


def test_without_systemctl_nothing_is_written(machine: Machine, tmp_path: Path):
    refused = machine.torc("install", "--user", PATH=str(tmp_path))
    assert refused.exit_code == 1
    assert "systemctl was not found" in refused.stderr
    assert not machine.unit.exists()


def test_the_error_of_systemctl_is_printed(machine: Machine):
    refused = machine.torc("install", "--user", FAILS="1")
    assert (refused.exit_code, refused.stderr) == (1, "Error: `systemctl --user daemon-reload` failed: Access denied\n")


def test_a_unit_that_cannot_be_written_is_reported_with_the_remedy(machine: Machine, tmp_path: Path):
    # Import what the command needs as root: only root may be allowed to read the program.
    assert machine.torc("install", "--dry-run").exit_code == 0
    with not_root(tmp_path):
        refused = machine.torc("install")
    assert refused.exit_code == 1
    assert "use --user for a service of your user" in refused.stderr


def test_every_setting_of_the_command_line_is_kept(machine: Machine):
    done = machine.torc(
        "install", "--user", "--dry-run", "--https", "--tls-cert", "/c.pem", "--tls-key", "/k.pem",
        "--admin-user", "ann", "--shutdown-on-stdin-eof",
        "--credential-cache-ttl-secs", "5", "--enforce-access-control", "--require-auth", "--auth-file", "/htpasswd",
        "--disable-admin-sql", "--disable-admin-sql-writes", "--api-event-body-max-bytes", "9",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (command,) = (line for line in done.stdout.splitlines() if line.startswith("ExecStart="))
    for words in (
        "--https", "--tls-cert /c.pem", "--tls-key /k.pem", "--admin-user ann", "--credential-cache-ttl-secs 5.0",
        "--enforce-access-control", "--require-auth", "--auth-file /htpasswd", "--disable-admin-sql ",
        "--disable-admin-sql-writes", "--api-event-body-max-bytes 9",
    ):  # fmt: skip
        assert words in command
    assert "--shutdown-on-stdin-eof" not in command
    assert "A service has no stdin" in done.stderr


def test_https_without_a_certificate_is_refused(machine: Machine):
    refused = machine.torc("install", "--user", "--https", "--dry-run")
    assert refused.exit_code == 2
    assert "Add --tls-cert FILE" in refused.stderr
