"""Profiles of clusters, from the list that ships with the client and from settings files."""

import os
import re
import socket
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from torc_client.bounded_search import BoundedSearch, TakesTooLongError
from torc_client.settings_files import ConfigError, files, table_in

BUILT_IN = "built in"


class Partition(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A partition of a cluster. CPUs, memory and GPUs are per node, and memory is in MB of 2**20 bytes, as in Slurm.

    `is_default` is True for the partition of allocations that name none, False for the others, and None if the cluster
    chooses a partition by the size of an allocation, or if it is not known.
    """

    name: str
    description: str = ""
    cpus_per_node: int
    memory_mb: int
    max_walltime_secs: int
    gpus_per_node: int = 0
    gpu_type: str | None = None
    gpu_memory_gb: int | None = None
    min_nodes: int = 1
    max_nodes: int | None = None
    max_nodes_per_user: int | None = None
    default_qos: str | None = None
    local_disk_gb: int | None = None
    shared: bool = False
    requires_explicit_request: bool = False
    is_default: bool | None = None

    @property
    def must_be_named(self) -> bool:
        """Whether an allocation that names no partition would not be in this one."""
        return self.requires_explicit_request or self.is_default is False

    @property
    def most_nodes(self) -> int | None:
        """The maximum number of nodes of an allocation, or None if there is no limit."""
        limits = [limit for limit in (self.max_nodes, self.max_nodes_per_user) if limit is not None]
        return min(limits, default=None)


class ClusterDescription(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A cluster as a file describes it. `detect_env_var` is NAME=value, `detect_hostname` a regular expression."""

    display_name: str = ""
    description: str = ""
    organization: str = ""
    detect_env_var: str | None = None
    detect_hostname: str | None = None
    default_account: str | None = None
    charge_factor_cpu: float = 1.0
    charge_factor_gpu: float = 10.0
    partitions: list[Partition] = []


@dataclass(frozen=True, slots=True)
class Profile:
    """A cluster: its name, the source of its profile, and the profile."""

    name: str
    source: str
    cluster: ClusterDescription
    default_account: str | None

    def is_here(self, environment: Mapping[str, str] = os.environ, hostname: str | None = None) -> bool:
        """Whether this machine belongs to the cluster, by an environment variable or its host name.

        Raises ConfigError if the search of the host name takes too long.
        """
        if self.cluster.detect_env_var:
            name, _, value = self.cluster.detect_env_var.partition("=")
            if environment.get(name) == value:
                return True
        pattern = self.cluster.detect_hostname
        if not pattern:
            return False
        try:
            return bool(BoundedSearch([hostname or socket.gethostname()]).search(re.compile(pattern)))
        except (TakesTooLongError, OSError) as error:
            raise ConfigError(f"{self.source}: detect_hostname of {self.name}, {pattern!r}, {error}.") from error


def profiles(paths: Iterable[Path] | None = None) -> dict[str, Profile]:
    """Return all profiles by name. Those of settings files override those that ship. Raises ConfigError."""
    shipped = tomllib.loads(resources.files("torc_client.batch").joinpath("profiles.toml").read_text("utf-8"))
    tables = [(BUILT_IN, {"custom_profiles": shipped}), *_of_files(files() if paths is None else paths)]
    found: dict[str, tuple[str, ClusterDescription]] = {}
    for source, table in tables:
        for name, content in _table(source, table, "custom_profiles").items():
            found[name] = (source, _described(source, name, content))
    accounts, account = _accounts(tables)
    return {
        name: Profile(name, source, cluster, accounts.get(name) or cluster.default_account or account)
        for name, (source, cluster) in sorted(found.items())
    }


def account_for(name: str, paths: Iterable[Path] | None = None) -> str | None:
    """Return the account that settings files name for a cluster without a profile there. Raises ConfigError."""
    accounts, account = _accounts(_of_files(files() if paths is None else paths))
    return accounts.get(name) or account


def _accounts(tables: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[dict[str, str], str | None]:
    """Return the accounts of `profile_overrides` by cluster, and the account for all others."""
    accounts: dict[str, str] = {}
    account: str | None = None
    for source, table in tables:
        account = table.get("default_account", account)
        for name, content in _table(source, table, "profile_overrides").items():
            accounts |= {name: content["default_account"]} if content.get("default_account") else {}
    return accounts, account


def _of_files(paths: Iterable[Path]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return [client.hpc] of every settings file, the lowest precedence first."""
    return [(str(path), _table(str(path), table_in(path, "client"), "hpc")) for path in reversed(list(paths))]


def _table(source: str, table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = table.get(name, {})
    if not isinstance(inner, dict):
        raise ConfigError(f"{source}: {name} must be a table.")
    return inner


def _described(source: str, name: str, content: Any) -> ClusterDescription:
    try:
        cluster = msgspec.convert(content, ClusterDescription)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{source}: the profile of cluster {name} is invalid: {error}.") from error
    try:
        re.compile(cluster.detect_hostname or "")
    except re.error as error:
        raise ConfigError(f"{source}: detect_hostname of {name} is not a valid regular expression: {error}.") from error
    return cluster
