"""The settings of the client and the source of each.

In order of precedence: command line, environment, ./torc.toml, ~/.config/torc/config.toml, /etc/torc/config.toml,
default.
"""

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from torc_client.address import DEFAULT_URL, parse_address
from torc_client.errors import TorcError
from torc_client.labels import split_labels
from torc_client.settings_files import ConfigError, files, table_in
from torc_client.user_path import expanded

FORMATS = ("table", "json", "csv")
LOG_LEVELS = ("error", "warn", "info", "debug", "trace")


class Declaration(Struct, frozen=True):
    """A setting: its key in [client], default, further environment variables, and the rules for its value.

    A key with a dot is in a nested table. Without a default, the code that uses the setting decides.
    """

    key: str
    default: str | None
    help: str
    variables: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    check: Callable[[str], object] | None = None
    kind: type[str | int | float | bool] = str
    is_path: bool = False
    """Whether `~` at its beginning is the home folder, and variables of the shell are refused."""

    @property
    def own_variable(self) -> str:
        """The environment variable of the setting that is derived from its key."""
        return f"TORC_CLIENT__{self.key.upper().replace('.', '__')}"


COMMAND_LINE = "the command line"
_SHELL_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")
_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")


def _is_not_negative(value: str) -> None:
    if float(value) < 0:
        raise ConfigError(f"{value} is less than 0.")


def _is_positive(value: str) -> None:
    if not 0 < float(value) < math.inf:
        raise ConfigError(f"{value} is not a number above 0.")


def _are_labels(value: str) -> None:
    try:
        split_labels([value])
    except ValueError as error:
        raise ConfigError(f"{value!r}: {error}.") from None


DECLARATIONS = (
    Declaration("api_url", DEFAULT_URL, "URL of the server", ("TORC_API_URL",), check=parse_address),
    Declaration("format", "table", "how results are shown", choices=FORMATS),
    Declaration("log_level", "warn", "log level on stderr", ("RUST_LOG",), choices=LOG_LEVELS),
    Declaration("username", None, "your user name, if it is not the one in USER or your login", ("TORC_USERNAME",)),
    Declaration(
        "tls.ca_cert", None, "file with the certificate of an additional authority to trust", ("TORC_TLS_CA_CERT",),
        is_path=True,
    ),
    Declaration("tls.insecure", None, "trust any certificate: only for a test", ("TORC_TLS_INSECURE",), kind=bool),
    Declaration("run.max_parallel_jobs", None, "jobs that `torc run` runs at once", check=_is_positive, kind=int),
    Declaration("run.num_cpus", None, "CPUs that `torc run` offers", check=_is_positive, kind=int),
    Declaration("run.memory_gb", None, "memory that `torc run` offers, in GiB", check=_is_positive, kind=float),
    Declaration("run.num_gpus", None, "GPUs that `torc run` offers", check=_is_not_negative, kind=int),
    Declaration(
        "run.poll_interval", None, "longest time that `torc run` waits in one request, in seconds",
        check=_is_positive, kind=float,
    ),
    Declaration("run.labels", None, "labels of `torc run`, with commas between, as for --label", check=_are_labels),
    Declaration("run.also_unlabeled", None, "whether `torc run` with labels runs jobs without labels, too", kind=bool),
    Declaration("run.output_dir", None, "folder for the log of `torc run` and for the output of jobs", is_path=True),
    Declaration(
        "run.exit_zero", None, "whether `torc run` exits with 0 also after failed jobs, as Torc 1.0 does", kind=bool
    ),
    Declaration(
        "slurm.poll_interval", None, "longest time that a runner in an allocation waits in one request, in seconds",
        check=_is_positive, kind=float,
    ),
    Declaration(
        "slurm.prologue", None, "lines of bash that run in each allocation before the runner, such as `module load`"
    ),
    Declaration(
        "slurm.runner_program", None, "path of torc-slurm-job-runner on the nodes, if it is not that of this machine"
    ),
    Declaration(
        "watch.poll_interval", None, "how often `torc watch` looks, in seconds", check=_is_positive, kind=float
    ),
    Declaration(
        "watch.max_retries", None, "how often `torc watch` recovers a workflow", check=_is_not_negative, kind=int
    ),
)  # fmt: skip


class Setting(Struct, frozen=True):
    """A value (None: not set) and its source, such as `TORC_API_URL` or `/etc/torc/config.toml`."""

    value: Any
    source: str


def load(
    flags: Mapping[str, Any],
    environment: Mapping[str, str] = os.environ,
    paths: Iterable[Path] | None = None,
) -> dict[str, Setting]:
    """Find every setting; `flags` are the values of the command line by key. Raises ConfigError."""
    tables = [
        (str(path), table)
        for path in (files(environment) if paths is None else paths)
        if (table := table_in(path, "client"))
    ]
    return {declaration.key: _find(declaration, flags, environment, tables) for declaration in DECLARATIONS}


def _find(
    declaration: Declaration,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    tables: Iterable[tuple[str, Mapping[str, Any]]],
) -> Setting:
    given = flags.get(declaration.key)
    if given is not None:
        return checked(declaration, given, COMMAND_LINE)
    for variable in (*declaration.variables, declaration.own_variable):
        if environment.get(variable):
            return checked(declaration, _understood(declaration, environment[variable]), variable)
    for path, table in tables:
        value = _inside(table, declaration.key)
        if value is not None:
            return checked(declaration, value, path)
    return Setting(declaration.default, "default")


def _inside(table: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key with dots; None if the key is missing or a part of it is not a table."""
    value: Any = table
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _understood(declaration: Declaration, text: str) -> Any:
    """Convert the text of a variable to the type of the setting; return it unchanged if that fails."""
    if declaration.kind is bool:
        return {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}.get(text.lower(), text)
    try:
        return declaration.kind(text)
    except ValueError:
        return text


def checked(declaration: Declaration, value: object, source: str) -> Setting:
    """Return a setting if its value is valid; `source` is where it was found. Raises ConfigError."""
    kind = declaration.kind
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number if kind is float else type(value) is kind):
        raise ConfigError(f"{source}: {declaration.key} must be {_KINDS[kind]}, not {value!r}.")
    if declaration.choices and value not in declaration.choices:
        if source == "RUST_LOG":
            # Other programs read this variable too, and their values have other forms.
            return Setting(declaration.default, "default")
        *others, last = declaration.choices
        what = _option(declaration) if source == COMMAND_LINE else f"{source}: {declaration.key}"
        raise ConfigError(f"{what} is {value!r}; choose {', '.join(others)} or {last}.")
    if declaration.is_path:
        value = _path(str(value), declaration, source)
    if declaration.check is not None:
        try:
            declaration.check(str(value))
        except TorcError as error:
            raise ConfigError(f"{source}: {declaration.key}: {error.message}", error.hint) from error
    return Setting(value, source)


def _path(text: str, declaration: Declaration, source: str) -> str:
    found = _SHELL_VARIABLE.search(text)
    if found and source != COMMAND_LINE:
        remedy = "Write the path itself, or one that begins with ~."
        raise ConfigError(
            f"{source}: {declaration.key} is {text!r}, and {found[0]} is not expanded in settings.", remedy
        )
    return expanded(text)


def _option(declaration: Declaration) -> str:
    return f"--{declaration.key.replace('_', '-')}"
