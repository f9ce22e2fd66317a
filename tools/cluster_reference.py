"""The part of the settings' reference that describes clusters, out of the declarations that files are read by."""

from collections.abc import Iterator, Mapping
from typing import get_args

import msgspec

from torc_client.hpc.profile import Described, Partition

OF_ALL = {
    "default_account": "The account that jobs are charged to, on clusters that name none",
    "profile_overrides.NAME.default_account": "The same for one cluster, also one that Torc knows",
    "custom_profiles.NAME": "A cluster of yours; with the name of one that Torc knows, in place of it",
}
OF_A_CLUSTER = {
    "display_name": "What people call it",
    "description": "What it is",
    "detect_env_var": "`NAME=value`: an environment variable that its machines have",
    "detect_hostname": "A regular expression that the host names of its machines match",
    "default_account": "The account that jobs are charged to",
    "charge_factor_cpu": "What a node hour costs",
    "charge_factor_gpu": "The same for nodes with GPUs",
    "partitions": "Its partitions, each a table `[[client.hpc.custom_profiles.NAME.partitions]]`",
}
OF_A_PARTITION = {
    "name": "Its name",
    "description": "What it is for",
    "cpus_per_node": "CPUs of a node",
    "memory_mb": "Memory of a node, in MB as Slurm counts them",
    "max_walltime_secs": "How long a job may run, in seconds",
    "gpus_per_node": "GPUs of a node",
    "gpu_type": "Which ones",
    "gpu_memory_gb": "Memory of a GPU, in GB",
    "shared": "Whether several jobs share a node",
    "requires_explicit_request": "Whether it is only for jobs that ask for it by name",
}


def cluster_settings() -> Iterator[str]:
    """Give every key of `[client.hpc]`. Raises KeyError for one without a meaning here."""
    yield "## Table [client.hpc]"
    yield "Clusters for `torc hpc`, in files alone; [Choose a partition](../how-to/choose-a-partition.md) shows one."
    yield _table([(key, "", meaning) for key, meaning in OF_ALL.items()])
    yield "### client.hpc.custom_profiles"
    yield _table(_rows(Described, OF_A_CLUSTER))
    yield "### client.hpc.custom_profiles.partitions"
    yield _table(_rows(Partition, OF_A_PARTITION))


def _rows(kind: type[msgspec.Struct], meanings: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [(field.name, _default(field), meanings[field.name]) for field in msgspec.structs.fields(kind)]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "*required*"
    if type(None) in get_args(field.type) or field.default in ("", msgspec.NODEFAULT):
        return ""
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _table(rows: list[tuple[str, str, str]]) -> str:
    lines = [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in rows]
    return "| Key | Default | Meaning |\n|---|---|---|\n" + "\n".join(lines)
