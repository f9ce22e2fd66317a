"""Every setting of the server in one table, and where its value comes from.

Strongest first: command line, environment, ``./torc.toml``, ``~/.config/torc/config.toml``,
``/etc/torc/config.toml``, the default. A row of `SETTINGS` is all that a setting needs: flag, variable, file key,
help and reference page follow from it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from torc_server.daemon import USUAL_PID_FILE
from torc_server.setting import (
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
from torc_server.store.locking import DatabaseLocking

__all__ = ["SETTINGS", "LogLevel", "Setting", "Settings", "SettingsError", "load"]


SETTINGS: tuple[Setting, ...] = (
    Setting("host", ("--host", "--url", "-u", "-H"), TEXT, "0.0.0.0",  # noqa: S104 - the contract's default; the server warns
            "Address or host name to listen on; 127.0.0.1 keeps it on this machine.", aliases=("url",)),
    Setting("port", ("--port", "-p"), PORT, 8080,
            "Port to listen on; 0 picks a free one, printed as TORC_SERVER_PORT=<n>."),
    Setting("socket", ("--socket",), PATH, None,
            "UNIX socket to listen on, open to you alone and asking for no password. "
            "Replaces TCP unless --host or --port is given too."),
    Setting("database", ("--database", "-d"), PATH, Path("torc.db"),
            "SQLite database file, made when it is missing; :memory: is one in memory, gone with the server.",
            variable="DATABASE_URL"),
    Setting("snapshot_path", ("--snapshot-path",), PATH, Path("torc-server-snapshot.db"),
            "File that a database in memory is written to at SIGUSR1.", variable="TORC_SERVER_SNAPSHOT_PATH"),
    Setting("snapshot_keep", ("--snapshot-keep",), count(1), 5,
            "How many snapshots are kept: older ones have names with .1, .2 and so on.",
            variable="TORC_SERVER_SNAPSHOT_KEEP"),
    Setting("database_locking", ("--database-locking",), LOCKING, DatabaseLocking.AUTO,
            "Whether the server holds the database file alone (exclusive) or shares it with other processes that read "
            "(normal); auto holds it alone on a network file system."),
    Setting("backup_dir", ("--backup-dir",), PATH, None,
            "Directory for backups that the server makes by itself; without it there are none."),
    Setting("backup_interval_secs", ("--backup-interval",), duration(1), 86400.0,
            "Time between two backups: seconds, or with a unit, as 30m, 6h or 1d."),
    Setting("backup_keep", ("--backup-keep",), count(1), 7,
            "How many of its backups the server keeps."),
    Setting("https", ("--https",), SWITCH, default=False,
            help="Accepted for older scripts; --tls-cert and --tls-key say it here, and it is refused without them."),
    Setting("tls_cert", ("--tls-cert",), PATH, None,
            "Certificate of the server, with those between it and its authority (PEM): TCP is served as HTTPS."),
    Setting("tls_key", ("--tls-key",), PATH, None,
            "Private key of the certificate (PEM, no password), where it is not in the same file."),
    Setting("auth_file", ("--auth-file",), PATH, None,
            "Password file, as torc-htpasswd writes it.", variable="TORC_AUTH_FILE"),
    Setting("require_auth", ("--require-auth",), SWITCH, default=False,
            help="Refuse TCP requests without good credentials (needs --auth-file)."),
    Setting("credential_cache_ttl_secs", ("--credential-cache-ttl-secs",), seconds(), 60,
            "How long a checked password is remembered; 0 checks it each time.",
            variable="TORC_CREDENTIAL_CACHE_TTL_SECS"),
    Setting("enforce_access_control", ("--enforce-access-control",), SWITCH, default=False,
            help="Let users see and change only their own workflows."),
    Setting("admin_users", ("--admin-user",), NAMES, (),
            "A system administrator, who looks after access groups; may be given several times. "
            "Flags, environment (a list with commas) and files add to each other.", variable="TORC_ADMIN_USERS"),
    Setting("max_request_body_mb", ("--max-request-body-mb",), count(1), 256,
            "Largest request body in MiB; a larger one is refused.", variable="TORC_MAX_REQUEST_BODY_MB"),
    Setting("log_level", ("--log-level", "-l"), LOG_LEVEL, LogLevel.INFO,
            "How much to log.", variable="RUST_LOG"),
    Setting("log_dir", ("--log-dir",), PATH, None,
            "Directory for torc-server.log, kept to five files of 10 MiB; without it the log goes to stderr.",
            variable="TORC_LOG_DIR", table="logging"),
    Setting("json_logs", ("--json-logs",), SWITCH, default=False,
            help="Write log lines as JSON objects.", table="logging"),
    Setting("profile", ("--profile",), PATH, None,
            "File for a profile of the run (pstats), written when the server stops and at SIGUSR1; "
            "slows the server down. Needs torc-server[profile]."),
    Setting("threads", ("--threads", "-t"), count(1), 1,
            "Accepted for older scripts; has no effect."),
    Setting("completion_check_interval_secs", ("--completion-check-interval-secs", "-c"), seconds(), 30.0,
            "Accepted for older scripts; has no effect: dependents become ready at once.",
            variable="TORC_COMPLETION_CHECK_INTERVAL_SECS"),
    Setting("daemon", ("--daemon",), SWITCH, default=False,
            help="Go on in the background once the server listens; its log needs --log-dir."),
    Setting("pid_file", ("--pid-file",), PATH, None,
            "File with the server's process id while it runs; with --daemon /var/run/torc-server.pid unless told "
            "otherwise."),
    Setting("shutdown_on_stdin_eof", ("--shutdown-on-stdin-eof",), SWITCH, default=False,
            help="Stop when stdin is closed, so that the server ends with the program that started it."),
)  # fmt: skip


# Keys that files of other versions may have. COMPAT 0.36: this server takes no SQL that could be disabled.
WITHOUT_EFFECT = frozenset({"disable_admin_sql", "disable_admin_sql_writes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. `tcp` tells whether host and port are listened on at all."""

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
    credential_cache_ttl_secs: float
    enforce_access_control: bool
    admin_users: tuple[str, ...]
    max_request_body_mb: int
    log_level: LogLevel
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
    """One place where values come from; `places` names, for each setting found, where exactly."""

    values: Mapping[str, Any]
    places: Mapping[str, str]


def resolve(layers: Iterable[Layer]) -> Settings:
    """Choose the settings from layers, the strongest first. Raises SettingsError."""
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
                if setting.kind is not NAMES:
                    chosen[setting.name] = value
                    break
                chosen[setting.name] = tuple(dict.fromkeys((*chosen[setting.name], *value)))
    # A socket replaces TCP unless somebody who speaks as loudly, or louder, asked for an address or a port:
    # a host in a system-wide file must not open what `--socket` was meant to keep private.
    tcp = chosen["socket"] is None or min(ranks["host"], ranks["port"]) <= ranks["socket"]
    if chosen["require_auth"] and chosen["auth_file"] is None:
        raise SettingsError(
            "require-auth needs a password file: add --auth-file FILE (`torc-htpasswd add -f FILE USER` makes one)"
        )
    if (chosen["https"] or chosen["tls_key"]) and chosen["tls_cert"] is None:
        asked = "https" if chosen["https"] else "tls-key"
        raise SettingsError(
            f"{asked} needs a certificate: add --tls-cert FILE and, where it has a file, --tls-key FILE"
        )
    if chosen["daemon"]:
        if chosen["shutdown_on_stdin_eof"]:
            raise SettingsError("in the background there is no stdin: leave out --daemon or --shutdown-on-stdin-eof")
        chosen["pid_file"] = chosen["pid_file"] or USUAL_PID_FILE
    return Settings(**chosen, tcp=tcp)


def load(flags: Mapping[str, Any], variables: Mapping[str, str], working_directory: Path, home: Path) -> Settings:
    """Collect the settings of a server started here: flags, environment with ``.env``, files.

    Raises SettingsError.
    """
    files = (configuration_file(path) for path in configuration_files(working_directory, home))
    layers = (
        command_line(flags),
        environment({**variables_of_dotenv(working_directory / ".env"), **variables}),
        *(layer for layer in files if layer is not None),
    )
    return resolve(layers)


def command_line(values: Mapping[str, Any]) -> Layer:
    """Make a layer of the flags that were given: those whose value is not None."""
    given = {setting.name: setting for setting in SETTINGS if values.get(setting.name) is not None}
    return Layer({name: values[name] for name in given}, {name: given[name].flags[0] for name in given})


def environment(variables: Mapping[str, str]) -> Layer:
    """Make a layer of the environment. Raises SettingsError for a TORC_SERVER__ variable that is no setting."""
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
            raise SettingsError(f"the environment variable {variable} is no setting of torc-server; unset it")
    return Layer(values, places)


def configuration_files(working_directory: Path, home: Path) -> tuple[Path, ...]:
    """Name the files that are read where they exist, the strongest first."""
    return (
        working_directory / "torc.toml",
        home / ".config" / "torc" / "config.toml",
        Path("/etc/torc/config.toml"),
    )


def configuration_file(path: Path) -> Layer | None:
    """Read the ``[server]`` table of a file; None where there is no file. Other tables belong to other programs.

    Raises SettingsError for a file that cannot be read and for keys that are no settings.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"cannot read the configuration file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the configuration file {path} is not TOML: {error}") from error
    except RecursionError as error:
        raise SettingsError(f"the configuration file {path} is nested too deeply") from error
    server = content.get("server", {})
    if not isinstance(server, dict):
        raise SettingsError(f"{path}: server must be a table, [server]")
    flat = {key: value for key, value in _flatten(server, path).items() if key not in WITHOUT_EFFECT}
    by_key = {key: setting for setting in SETTINGS for key in setting.keys}
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for key, value in flat.items():
        place = f"server.{key} in {path}"
        if key in by_key:
            name = by_key[key].name
            if name in values:
                raise SettingsError(f"{place} says again what {places[name]} says; keep one of them")
            values[name], places[name] = value, place
        else:
            raise SettingsError(f"{place} is no setting of torc-server; known are {', '.join(sorted(by_key))}")
    return Layer(values, places)


def variables_of_dotenv(path: Path) -> dict[str, str]:
    """Read the ``NAME=value`` lines of a ``.env`` file; whatever else it holds belongs to other programs."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, equals, value in pairs if equals}


def _flatten(server: Mapping[str, Any], path: Path) -> dict[str, Any]:
    tables = {setting.table for setting in SETTINGS if setting.table is not None}
    flat: dict[str, Any] = {}
    for key, value in server.items():
        if key not in tables:
            flat[key] = value
        elif isinstance(value, dict):
            flat |= {f"{key}.{inner}": below for inner, below in value.items()}
        else:
            raise SettingsError(f"{path}: server.{key} must be a table, [server.{key}]")
    return flat


def _from_variable(setting: Setting, variable: str, text: str) -> Any:
    """Read the text of a variable. A text that is not valid is returned unchanged, for `convert` to refuse."""
    if variable == "RUST_LOG":
        return _level_of_directives(text)
    if variable == "DATABASE_URL":
        return _path_of_url(text)
    return setting.kind.parse(text)


def _level_of_directives(text: str) -> str | None:
    """Find the level for us in RUST_LOG, which other programs share: ``info`` or ``other=warn,torc_server=debug``."""
    level = None
    for directive in text.lower().split(","):
        target, equals, word = directive.strip().rpartition("=")
        if word in set(LogLevel) and (not equals or target == "torc_server"):
            level = word
    return level


def _path_of_url(text: str) -> str:
    """Take the path out of ``sqlite:path`` or ``sqlite://path``; another text stays, for `convert` to judge."""
    if not text.startswith("sqlite:"):
        return text
    return text.removeprefix("sqlite:").removeprefix("//").partition("?")[0]


assert {setting.name for setting in SETTINGS} == {field.name for field in fields(Settings)} - {"tcp"}  # noqa: S101 - the table and the dataclass say the same
