"""The settings of all programs in configuration files and environment variables, and the mistakes in them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from torc_client.config import DECLARATIONS, Declaration, Setting, checked, load
from torc_client.edge.trusted_files import Distrust, read_trusted
from torc_client.settings_files import ConfigError, files, refusal, split_table, table_in

TABLES = ("client", "server", "dash")
_READ_ELSEWHERE = ("client.hpc.",)
# Keys in files of other versions, and the reason why they have no effect here. COMPAT 0.36; until such files are gone.
_WITHOUT_EFFECT = {
    "client.run.claim_backoff_max_secs": "the server answers runners that wait as soon as there is work",
    "client.offline.enabled": "results are always kept on disk until the server has them",
    "client.offline.drain_ping_interval_secs": "kept results are sent as soon as the server answers",
    "client.slurm.poll_interval": "Slurm is not asked for nodes here",
    "client.slurm.keep_submission_scripts": "Slurm is not asked for nodes here",
    "client.slurm.strict_scheduler_match": "labels of jobs and runners say who runs what",
    "client.watch.retry_cooldown": "jobs run again as soon as their limits are raised",
    **dict.fromkeys(
        [
            f"client.watch.{key}"
            for key in ("model", "cache_path", "rate_limit_per_minute", "audit_log_path", "api_key")
        ],
        "no language model is used",
    ),
}
_PREFIXES = tuple(f"TORC_{table.upper()}__" for table in TABLES)


def every_setting(environment: Mapping[str, str] = os.environ) -> dict[str, Setting]:
    """Return the settings in files and variables by full name such as `server.port`, each from its strongest source.

    Files that cannot be read are skipped: `problems` names them.
    """
    found: dict[str, Setting] = {}
    for path in reversed(files(environment)):
        for table in TABLES:
            try:
                content = table_in(path, table)
            except ConfigError:
                continue
            found |= {name: Setting(value, str(path)) for name, value in _leaves(content, table)}
    for variable, text in environment.items():
        if variable.startswith(_PREFIXES):
            name = variable.removeprefix("TORC_").replace("__", ".").lower()
            found[name] = Setting(text, variable)
    return found


def problems(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for every mistake in files and variables."""
    found: list[str] = []
    for path in files(environment):
        for table in TABLES:
            try:
                content = table_in(path, table)
            except ConfigError as error:
                if error.message not in found:
                    found.append(error.message)
                continue
            found += _mistakes(path, table, content)
            if table == "server":
                found += [refusal(path, name) for name in split_table(path, table)[1]]
    try:
        load({}, environment, [Path(os.devnull)])
    except ConfigError as error:
        found.append(error.message)
    return found


def ignored(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the files that are not trusted, so that none of their settings is used."""
    found = []
    for path in files(environment):
        with suppress(OSError):  # `problems` names a file that cannot be read
            if isinstance(read_trusted(path), Distrust):
                found.append(str(path.absolute()))
    return found


def misplaced(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for every key of clients that is ignored, because its file may not set it."""
    found = []
    for path in files(environment):
        for table in TABLES:
            with suppress(ConfigError):  # `problems` names a file that cannot be read
                names = split_table(path, table)[1]
                found += [refusal(path, name) for name in names if table != "server"]
    return found


def unknown(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for every unknown key of [client], with a similar known key if there is one."""
    known = [f"client.{declaration.key}" for declaration in DECLARATIONS]
    found = []
    for path in files(environment):
        try:
            table = table_in(path, "client")
        except ConfigError:
            continue
        for name, _ in _leaves(table, "client"):
            if name in _WITHOUT_EFFECT:
                found.append(f"{path}: {name} has no effect: {_WITHOUT_EFFECT[name]}.")
            elif name not in known and not name.startswith(_READ_ELSEWHERE):
                alike = get_close_matches(name, known, n=1)
                meant = f" Did you mean {alike[0]}?" if alike else ""
                found.append(f"{path}: {name} is not a setting of torc.{meant}")
    return found


def _mistakes(path: Path, table: str, content: Mapping[str, Any]) -> Iterator[str]:
    declared = {declaration.key: declaration for declaration in DECLARATIONS} if table == "client" else {}
    for name, value in _leaves(content, table):
        key = name.removeprefix("client.")
        if key in declared:
            yield from _problem_of_value(path, declared[key], value)
        elif name in _RULES:
            holds, rule = _RULES[name]
            if not holds(value):
                yield f"{path}: {name} is {value!r}; it must be {rule}."


def _problem_of_value(path: Path, declaration: Declaration, value: Any) -> Iterator[str]:
    """Check one setting in the same way as the program does."""
    try:
        checked(declaration, value, str(path))
    except ConfigError as error:
        yield error.message


def _leaves(table: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{name}.{key}")
        else:
            yield f"{name}.{key}", value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_port(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536


_POSITIVE = (_is_positive, "a number above 0")
_PORT = (_is_port, "a port from 1 to 65535")
_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "client.slurm.poll_interval": _POSITIVE,
    "dash.port": _PORT,
    "server.completion_check_interval_secs": _POSITIVE,
    "server.port": _PORT,
    "server.threads": (lambda value: isinstance(value, int) and value >= 1, "a whole number from 1 on"),
}
