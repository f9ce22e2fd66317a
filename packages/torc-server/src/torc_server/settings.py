"""The table of all settings of the server, and the sources of their values.

The first source that has a value is used: command line, environment, ``./torc.toml``, ``~/.config/torc/config.toml``,
``/etc/torc/config.toml``, default. A new setting needs only a row of `SETTINGS` and a field of `Settings`: option,
variable, key, help and reference page are made of the row.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from torc_server.daemon import USUAL_PID_FILE
from torc_server.edge.trusted_files import Distrust
from torc_server.setting import (
    HOSTS,
    LOCKING,
    LOG_LEVEL,
    NAMES,
    PATH,
    PORT,
    SWITCH,
    TEXT,
    LogLevel,
    Setting,
    SettingsError,
    count,
    duration,
    seconds,
)
from torc_server.settings_files import SettingsFileError, not_trusted, settings_file
from torc_server.store.locking import DatabaseLocking

__all__ = ["SETTINGS", "LogLevel", "Setting", "Settings", "SettingsError", "load"]


SETTINGS: tuple[Setting, ...] = (
    Setting("host", ("--host", "--url", "-u", "-H"), TEXT, "0.0.0.0",  # noqa: S104 - the documented default; the server warns
            "Address or host name to listen on. With 127.0.0.1, only this machine can connect.", aliases=("url",)),
    Setting("port", ("--port", "-p"), PORT, 8080,
            "Port to listen on. 0 selects a free one; it is printed as TORC_SERVER_PORT=<n>."),
    Setting("socket", ("--socket",), PATH, None,
            "UNIX socket to listen on. Only you can open it, and it needs no password. "
            "The server does not listen on TCP unless --host or --port is specified."),
    Setting("database", ("--database", "-d"), PATH, Path("torc.db"),
            "SQLite database file, created if it does not exist. :memory: is a database in memory, lost at the end.",
            variable="DATABASE_URL"),
    Setting("snapshot_path", ("--snapshot-path",), PATH, Path("torc-server-snapshot.db"),
            "File to which SIGUSR1 writes a copy of the database.", variable="TORC_SERVER_SNAPSHOT_PATH"),
    Setting("snapshot_keep", ("--snapshot-keep",), count(1), 5,
            "Number of snapshots to keep. Older ones are named with .1, .2 and so on.",
            variable="TORC_SERVER_SNAPSHOT_KEEP"),
    Setting("database_locking", ("--database-locking",), LOCKING, DatabaseLocking.AUTO,
            "Locking of the database file: exclusive excludes other processes, normal lets them read, and auto means "
            "exclusive on a network file system and normal elsewhere."),
    Setting("backup_dir", ("--backup-dir",), PATH, None,
            "Directory for automatic backups. Without it, there are none."),
    Setting("backup_interval_secs", ("--backup-interval",), duration(1), 86400.0,
            "Time between two automatic backups: seconds, or a number with a unit, such as 30m, 6h or 1d."),
    Setting("backup_keep", ("--backup-keep",), count(1), 7,
            "Number of automatic backups to keep."),
    Setting("https", ("--https",), SWITCH, default=False,
            help="Accepted for older scripts together with --tls-cert; use --tls-cert and --tls-key instead."),
    Setting("tls_cert", ("--tls-cert",), PATH, None,
            "Certificate of the server, followed by intermediate certificates (PEM). TCP then uses HTTPS.",
            variable="TORC_TLS_CERT", is_trust=True),
    Setting("tls_key", ("--tls-key",), PATH, None,
            "Private key of the certificate (PEM, without a password), if it is in another file.",
            variable="TORC_TLS_KEY", is_trust=True),
    Setting("auth_file", ("--auth-file",), PATH, None,
            "Password file, created by torc-htpasswd.", variable="TORC_AUTH_FILE", is_trust=True),
    Setting("require_auth", ("--require-auth",), SWITCH, default=False,
            help="Refuse TCP requests without valid credentials. Needs --auth-file.", is_trust=True),
    Setting("allow_anyone", ("--allow-anyone",), SWITCH, default=False,
            help="No warning at the start of a server that other machines reach without a password.", is_trust=True),
    Setting("keep_workflow_user", ("--keep-workflow-user",), SWITCH, default=False,
            help="Store the owner of a new workflow as the client sends it, also if the client sent a password. No "
            "effect with --enforce-access-control.", is_trust=True),
    Setting("credential_cache_ttl_secs", ("--credential-cache-ttl-secs",), seconds(), 60,
            "Seconds for which a valid password is cached. 0 checks it at each request.",
            variable="TORC_CREDENTIAL_CACHE_TTL_SECS"),
    Setting("enforce_access_control", ("--enforce-access-control",), SWITCH, default=False,
            help="Let users access only their own workflows and those of their access groups.", is_trust=True),
    Setting("admin_users", ("--admin-user",), NAMES, (),
            "Name of a system administrator, who manages access groups and may use all workflows. (Repeatable.) "
            "The names of all sources are combined; the variable is a list with commas.", variable="TORC_ADMIN_USERS",
            is_trust=True),
    Setting("admins_see_own_only", ("--admins-see-own-only",), SWITCH, default=False,
            help="Let system administrators access only their own workflows and those of their access groups.",
            is_trust=True),
    Setting("disable_admin_sql", ("--disable-admin-sql",), SWITCH, default=False,
            help="Refuse all SQL statements of system administrators."),
    Setting("disable_admin_sql_writes", ("--disable-admin-sql-writes",), SWITCH, default=False,
            help="Refuse SQL statements of system administrators that ask for a write with status 403. They are always "
            "refused; without it, with an explanation."),
    Setting("allowed_hosts", ("--allowed-host",), HOSTS, (),
            "Host name that requests may be sent to, besides those of this machine. (Repeatable.) Without it, a server "
            "that listens on 127.0.0.1 refuses all other names, and a server that listens elsewhere accepts any name. "
            "The names of all sources are combined; the variable is a list with commas.", is_trust=True),
    Setting("max_request_body_mb", ("--max-request-body-mb",), count(1), 256,
            "Maximum size of a request body, in MiB.", variable="TORC_MAX_REQUEST_BODY_MB"),
    Setting("api_event_body_max_bytes", ("--api-event-body-max-bytes",), count(0), 8192,
            "Bytes of a body that clients see who follow requests with their bodies (torc admin tail-api).",
            variable="TORC_API_EVENT_BODY_MAX_BYTES"),
    Setting("log_level", ("--log-level", "-l"), LOG_LEVEL, None,
            "Least severe messages to log. Without it: info, and a log in a terminal has no line for a request, unless "
            "it fails with status 500 or higher or takes a second or longer.", variable="RUST_LOG"),
    Setting("log_dir", ("--log-dir",), PATH, None,
            "Directory for torc-server.log, rotated in five files of 10 MiB. Without it, the log goes to stderr.",
            variable="TORC_LOG_DIR", table="logging"),
    Setting("json_logs", ("--json-logs",), SWITCH, default=False,
            help="Write log lines as JSON objects.", table="logging"),
    Setting("profile", ("--profile",), PATH, None,
            "File for a profile of the run (pstats), written at the end and at SIGUSR1. "
            "Profiling slows the server down. Needs torc-server[profile]."),
    Setting("threads", ("--threads", "-t"), count(1), 1,
            "Accepted for older scripts; has no effect."),
    Setting("completion_check_interval_secs", ("--completion-check-interval-secs", "-c"), seconds(), 30.0,
            "Accepted for older scripts; has no effect, because dependents become ready immediately.",
            variable="TORC_COMPLETION_CHECK_INTERVAL_SECS"),
    Setting("daemon", ("--daemon",), SWITCH, default=False,
            help="Continue in the background when the server listens. Use --log-dir to keep the log."),
    Setting("pid_file", ("--pid-file",), PATH, None,
            "File for the process id of the running server. With --daemon, the default is "
            "/var/run/torc-server.pid."),
    Setting("shutdown_on_stdin_eof", ("--shutdown-on-stdin-eof",), SWITCH, default=False,
            help="Stop when stdin is closed, so that the server ends with the program that started it."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. `tcp` is whether the server listens on `host` and `port`."""

    host: str
    port: int
    socket: Path | None
    database: Path
    snapshot_path: Path
    snapshot_keep: int
    database_locking: DatabaseLocking
    backup_dir: Path | None
    backup_interval_secs: float
    backup_keep: int
    https: bool
    tls_cert: Path | None
    tls_key: Path | None
    auth_file: Path | None
    require_auth: bool
    allow_anyone: bool
    keep_workflow_user: bool
    credential_cache_ttl_secs: float
    enforce_access_control: bool
    admin_users: tuple[str, ...]
    admins_see_own_only: bool
    disable_admin_sql: bool
    disable_admin_sql_writes: bool
    allowed_hosts: tuple[str, ...]
    max_request_body_mb: int
    api_event_body_max_bytes: int
    log_level: LogLevel | None
    log_dir: Path | None
    json_logs: bool
    profile: Path | None
    threads: int
    completion_check_interval_secs: float
    daemon: bool
    pid_file: Path | None
    shutdown_on_stdin_eof: bool
    tcp: bool = True


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one source. `places` has the place of each value for messages, such as a flag or a key."""

    values: Mapping[str, Any]
    places: Mapping[str, str]


def resolve(layers: Iterable[Layer]) -> Settings:
    """Select the settings from layers, in order of precedence. Raises SettingsError."""
    chosen: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    layers = tuple(layers)
    for setting in SETTINGS:
        chosen[setting.name] = setting.default
        ranks[setting.name] = len(layers)
        for rank, layer in enumerate(layers):
            if setting.name in layer.values:
                value = setting.convert(layer.values[setting.name], layer.places[setting.name])
                ranks[setting.name] = min(rank, ranks[setting.name])
                if not setting.kind.repeatable:
                    chosen[setting.name] = value
                    break
                chosen[setting.name] = tuple(dict.fromkeys((*chosen[setting.name], *value)))
    # A socket replaces TCP unless a source of the same or higher precedence has a host or a port: a host in a
    # system-wide file must not open a server to the network that was started with `--socket`.
    tcp = chosen["socket"] is None or min(ranks["host"], ranks["port"]) <= ranks["socket"]
    if chosen["require_auth"] and chosen["auth_file"] is None:
        raise SettingsError(
            "require-auth needs a password file; add --auth-file FILE (`torc-htpasswd add -f FILE USER` creates one)"
        )
    if (chosen["https"] or chosen["tls_key"]) and chosen["tls_cert"] is None:
        asked = "https" if chosen["https"] else "tls-key"
        raise SettingsError(
            f"{asked} needs a certificate; add --tls-cert FILE, and --tls-key FILE if the key is in another file"
        )
    if chosen["daemon"]:
        if chosen["shutdown_on_stdin_eof"]:
            raise SettingsError(
                "a server in the background has no stdin; leave out --daemon or --shutdown-on-stdin-eof"
            )
        chosen["pid_file"] = chosen["pid_file"] or USUAL_PID_FILE
    return Settings(**chosen, tcp=tcp)


def load(flags: Mapping[str, Any], variables: Mapping[str, str], working_directory: Path, home: Path) -> Settings:
    """Read the settings from flags, environment with ``.env``, and files.

    Raises SettingsError.
    """
    dotenv = variables_of_dotenv(working_directory / ".env")
    near, *others = configuration_files(working_directory, home)
    files = (configuration_file(near, is_near=True), *map(configuration_file, others))
    layers = (
        command_line(flags),
        environment({**dotenv, **variables}),
        *(layer for layer in files if layer is not None),
    )
    return resolve(layers)


def command_line(values: Mapping[str, Any]) -> Layer:
    """Make a layer of the flags whose value is not None."""
    given = {setting.name: setting for setting in SETTINGS if values.get(setting.name) is not None}
    return Layer({name: values[name] for name in given}, {name: given[name].flags[0] for name in given})


def environment(variables: Mapping[str, str]) -> Layer:
    """Make a layer of the environment. Raises SettingsError for an unknown TORC_SERVER__ variable."""
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for setting in SETTINGS:
        for variable in setting.variables:
            text = variables.get(variable, "")
            value = _from_variable(setting, variable, text) if text else None
            if value is not None:
                values[setting.name], places[setting.name] = value, variable
                break
    known = {variable for setting in SETTINGS for variable in setting.variables}
    for variable in variables:
        if variable.startswith("TORC_SERVER__") and variable not in known:
            raise SettingsError(f"the environment variable {variable} is not a setting of torc-server; unset it")
    return Layer(values, places)


def configuration_files(working_directory: Path, home: Path) -> tuple[Path, ...]:
    """Return the paths of the configuration files, in order of precedence."""
    return (
        working_directory / "torc.toml",
        home / ".config" / "torc" / "config.toml",
        Path("/etc/torc/config.toml"),
    )


def configuration_file(path: Path, *, is_near: bool = False) -> Layer | None:
    """Read the table ``[server]`` of a file; None if there is no file. Other tables are for other programs.

    `is_near` is whether the file is in the working directory. Raises SettingsError for a file that cannot be read, for
    unknown keys, and for settings that decide about trust in a file of the working directory.
    """
    found = settings_file(path)
    if found is None:
        return None
    if isinstance(found, Distrust) and found.content is None:
        raise not_trusted(found)
    content = (found.content if isinstance(found, Distrust) else found) or b""
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the configuration file {path} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise SettingsError(f"the configuration file {path} is nested too deeply") from error
    server = tables.get("server", {})
    if not isinstance(server, dict):
        raise SettingsError(f"{path}: server must be a table; write [server]")
    if isinstance(found, Distrust) and server:
        raise not_trusted(found)
    flat = _flatten(server, path)
    by_key = {key: setting for setting in SETTINGS for key in setting.keys}
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for key, value in flat.items():
        place = f"server.{key} in {path}"
        if key in by_key:
            name = by_key[key].name
            if name in values:
                raise SettingsError(f"{place} sets the same as {places[name]}; keep one of them")
            if is_near and by_key[key].is_trust:
                raise _not_from_here(place, by_key[key])
            values[name], places[name] = value, place
        else:
            raise SettingsError(f"{place} is not a setting of torc-server; use one of {', '.join(sorted(by_key))}")
    return Layer(values, places)


def variables_of_dotenv(path: Path) -> dict[str, str]:
    """Read the lines ``NAME=value`` of a ``.env`` file. Other lines are ignored.

    Raises SettingsError for settings that decide about trust.
    """
    try:
        found = settings_file(path)
        lines = ((found.content if isinstance(found, Distrust) else found) or b"").decode("utf-8-sig").splitlines()
    except (SettingsFileError, UnicodeDecodeError):
        return {}
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines if not line.lstrip().startswith("#"))
    variables = {name.strip(): value.strip().strip("'\"") for name, equals, value in pairs if equals}
    for setting in SETTINGS:
        name = next((name for name in setting.variables if variables.get(name)), None)
        if name is not None and isinstance(found, Distrust):
            raise not_trusted(found)
        if name is not None and setting.is_trust:
            raise _not_from_here(f"{name} in {path}", setting)
    return variables


def _not_from_here(place: str, setting: Setting) -> SettingsError:
    return SettingsError(
        f"{place} decides what the server trusts, and files in the working directory must not; "
        f"use {setting.flags[0]}, or move it to ~/.config/torc/config.toml"
    )


def _flatten(server: Mapping[str, Any], path: Path) -> dict[str, Any]:
    tables = {setting.table for setting in SETTINGS if setting.table is not None}
    flat: dict[str, Any] = {}
    for key, value in server.items():
        if key not in tables:
            flat[key] = value
        elif isinstance(value, dict):
            flat |= {f"{key}.{inner}": below for inner, below in value.items()}
        else:
            raise SettingsError(f"{path}: server.{key} must be a table; write [server.{key}]")
    return flat


def _from_variable(setting: Setting, variable: str, text: str) -> Any:
    """Read the text of a variable. A text that is not valid is returned unchanged, for `convert` to refuse."""
    if variable == "RUST_LOG":
        return _level_of_directives(text)
    if variable == "DATABASE_URL":
        return _path_of_url(text)
    return setting.kind.parse(text)


def _level_of_directives(text: str) -> str | None:
    """Return the level of torc_server in RUST_LOG, such as ``info`` or ``other=warn,torc_server=debug``."""
    level = None
    for directive in text.lower().split(","):
        target, equals, word = directive.strip().rpartition("=")
        if word in set(LogLevel) and (not equals or target == "torc_server"):
            level = word
    return level


def _path_of_url(text: str) -> str:
    """Return the path of ``sqlite:path`` or ``sqlite://path``. Another text is returned unchanged, for `convert`."""
    if not text.startswith("sqlite:"):
        return text
    return text.removeprefix("sqlite:").removeprefix("//").partition("?")[0]


assert {setting.name for setting in SETTINGS} == {field.name for field in fields(Settings)} - {"tcp"}  # noqa: S101 - the table and the dataclass must agree
