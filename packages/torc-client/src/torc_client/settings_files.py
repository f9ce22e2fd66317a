"""Settings files: their places, which of them are trusted, and their tables.

A file that another user could have written is ignored with a warning. A file in the working directory may come with
data or code of other people, so it never decides which programs run and what Torc trusts.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torc_client.edge.standard_streams import streams
from torc_client.edge.trusted_files import Distrust, read_trusted
from torc_client.errors import TorcError

NOT_FROM_WORKING_DIRECTORY: Mapping[str, str] = {
    "client.slurm.prologue": "TORC_CLIENT__SLURM__PROLOGUE",
    "client.slurm.runner_program": "TORC_CLIENT__SLURM__RUNNER_PROGRAM",
    "client.tls.ca_cert": "TORC_TLS_CA_CERT",
    "client.tls.insecure": "TORC_TLS_INSECURE",
    "dash.allowed_hosts": "TORC_DASH__ALLOWED_HOSTS",
    "dash.torc_server_bin": "TORC_SERVER_BIN",
    "server.admin_users": "TORC_ADMIN_USERS",
    "server.admins_see_own_only": "TORC_SERVER__ADMINS_SEE_OWN_ONLY",
    "server.keep_workflow_user": "TORC_SERVER__KEEP_WORKFLOW_USER",
    "server.allow_anyone": "TORC_SERVER__ALLOW_ANYONE",
    "server.allowed_hosts": "TORC_SERVER__ALLOWED_HOSTS",
    "server.auth_file": "TORC_AUTH_FILE",
    "server.enforce_access_control": "TORC_SERVER__ENFORCE_ACCESS_CONTROL",
    "server.require_auth": "TORC_SERVER__REQUIRE_AUTH",
    "server.tls_cert": "TORC_SERVER__TLS_CERT",
    "server.tls_key": "TORC_SERVER__TLS_KEY",
}
"""The settings that are not read from `./torc.toml`, with the environment variables that set them: programs to run,
and what Torc trusts. torc-server refuses its own instead of ignoring them."""


class ConfigError(TorcError):
    """A setting or a configuration file is invalid."""


def files(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the paths of configuration files, in order of precedence."""
    home = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config")
    return [Path("torc.toml"), home / "torc/config.toml", Path("/etc/torc/config.toml")]


def table_in(path: Path, name: str) -> Mapping[str, Any]:
    """Return a table of a configuration file such as [client]; empty if it is missing, or the file is not trusted.

    Prints a warning for an untrusted file, and for each key that its place may not set. Raises ConfigError.
    """
    table, misplaced = split_table(path, name)
    for key in misplaced:
        streams.warn(refusal(path, key))
    return table


def split_table(path: Path, name: str) -> tuple[Mapping[str, Any], list[str]]:
    """Return the table without the keys that its place may not set, and the full names of these keys."""
    try:
        content = read_trusted(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}, []
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    if isinstance(content, Distrust):
        streams.warn(str(content))
        return {}, []
    try:
        table = tomllib.loads(content.decode("utf-8-sig")).get(name, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path} is nested too deeply.") from error
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: [{name}] must be a table.")
    # Only the path of the file in the working directory is relative.
    misplaced: list[str] = []
    return (table if path.is_absolute() else _without_trust(name, table, misplaced)), misplaced


def _without_trust(name: str, table: Mapping[str, Any], misplaced: list[str]) -> Mapping[str, Any]:
    """Return a table without the keys that only files of the user and of the system may set; add their names."""
    kept: dict[str, Any] = {}
    for key, value in table.items():
        full = f"{name}.{key}"
        if full in NOT_FROM_WORKING_DIRECTORY:
            misplaced.append(full)
        else:
            kept[key] = _without_trust(full, value, misplaced) if isinstance(value, dict) else value
    return kept


def refusal(path: Path, name: str) -> str:
    """Return the warning for a setting that its place may not set."""
    effect = "stops torc-server" if name.startswith("server.") else "is ignored"
    return (
        f"{path.absolute()}: {name} {effect}, because a file in the working directory must not decide what is run or "
        f"trusted. Move it to ~/.config/torc/config.toml, or set {NOT_FROM_WORKING_DIRECTORY[name]}."
    )
