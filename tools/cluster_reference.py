"""The part of the settings' reference that describes clusters, generated from the declarations of the files."""

from collections.abc import Iterator, Mapping
from typing import get_args

import msgspec

from torc_client.batch.profile import ClusterDescription, Partition

OF_ALL = {
    "default_account": "Default account that jobs are charged to, for clusters without one",
    "profile_overrides.NAME.default_account": "The same for one cluster, also for a predefined one",
    "custom_profiles.NAME": "A custom cluster; replaces a predefined one of the same name",
}
OF_A_CLUSTER = {
    "display_name": "Name for display",
    "description": "Description of the cluster",
    "organization": "The organization that runs the cluster",
    "detect_env_var": "`NAME=value`: an environment variable that its machines have",
    "detect_hostname": "A regular expression that the host names of its machines match",
    "default_account": "The account that jobs are charged to",
    "charge_factor_cpu": "Cost of a node hour",
    "charge_factor_gpu": "The same for nodes with GPUs",
    "partitions": "Its partitions, each a table `[[client.hpc.custom_profiles.NAME.partitions]]`",
}
OF_A_PARTITION = {
    "name": "Its name",
    "description": "Purpose of the partition",
    "cpus_per_node": "CPUs of a node",
    "memory_mb": "Memory of a node, in MB as Slurm counts them",
    "max_walltime_secs": "Maximum run time of a job, in seconds",
    "gpus_per_node": "GPUs of a node",
    "gpu_type": "Model of the GPUs",
    "gpu_memory_gb": "Memory of a GPU, in GB",
    "min_nodes": "Minimum number of nodes of an allocation",
    "max_nodes": "Maximum number of nodes of an allocation",
    "max_nodes_per_user": "Maximum number of nodes that a user can have at a time",
    "default_qos": "Quality of service of generated schedulers",
    "local_disk_gb": "Local disk of a node, in GB",
    "shared": "Whether several jobs share a node",
    "requires_explicit_request": "Whether jobs must request it by name",
    "is_default": "Whether it is the partition of allocations that name none; unset if the cluster chooses one",
}


def cluster_settings() -> Iterator[str]:
    """Yield every key of `[client.hpc]`. Raises KeyError for a key without a description in this module."""
    yield "## Table [client.hpc]"
    yield "Clusters for `torc hpc`, in files only. Example: [Choose a partition](../how-to/choose-a-partition.md)."
    yield _table([(key, "", meaning) for key, meaning in OF_ALL.items()])
    yield "### client.hpc.custom_profiles"
    yield _table(_rows(ClusterDescription, OF_A_CLUSTER))
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
