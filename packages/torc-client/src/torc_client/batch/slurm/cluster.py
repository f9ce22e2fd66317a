"""Describe the cluster of this machine from what Slurm reports about its partitions and nodes."""

import os
import re
import socket
from collections.abc import Iterable, Mapping

from torc_client.batch.profile import ClusterDescription, Partition, Profile
from torc_client.batch.slurm.programs import TIME_LIMIT_SECONDS, run
from torc_client.batch.walltime import walltime_seconds

NAME = "slurm"
SOURCE = "Slurm"
# One line for each kind of nodes of a partition: partition, CPUs, memory in MB, time limit, generic resources, nodes.
SINFO = ("sinfo", "--exact", "--noheader", "--format=%R|%c|%m|%l|%G|%D")
PARTITIONS = ("scontrol", "--oneliner", "show", "partition")
CONFIG = ("scontrol", "show", "config")
# Slurm itself has no longest time; a year is longer than any job.
UNLIMITED_SECONDS = 365 * 86400

# gpu:4, gpu:h100:4 or gpu:h100:4(S:0-1), among others separated by commas.
_GPUS = re.compile(r"(?:^|,)gpu(?::(?P<type>[A-Za-z][^:,(]*))?:(?P<count>[0-9]+)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CLUSTER = re.compile(r"^ClusterName\s*=\s*(\S+)", re.MULTILINE)


def live_profile(time_limit_seconds: float = TIME_LIMIT_SECONDS) -> Profile:
    """Return the profile of the cluster that Slurm's commands of this machine reach. Raises SlurmError."""
    described = partitions(run(SINFO, time_limit_seconds), run(PARTITIONS, time_limit_seconds))
    name = os.environ.get("SLURM_CLUSTER_NAME") or cluster_name(run(CONFIG, time_limit_seconds)) or socket.gethostname()
    cluster = ClusterDescription(
        display_name=f"{name[:1].upper()}{name[1:]} (Slurm)",
        description="As Slurm reports it",
        charge_factor_gpu=1.0,
        partitions=described,
    )
    return Profile(NAME, SOURCE, cluster, None)


def all_partitions(time_limit_seconds: float) -> list[Partition]:
    """Return all partitions to which jobs can be submitted: also those that are hidden, or down. Raises SlurmError.

    Jobs wait in the queue of a partition that is down, for example during maintenance.
    """
    shown = (run((*command, "--all"), time_limit_seconds) for command in (SINFO, PARTITIONS))
    return partitions(*shown, only_up=False)


def cluster_name(config: str) -> str:
    """Return the name of the cluster in the output of `scontrol show config`; empty if it is missing."""
    found = _CLUSTER.search(config)
    return found[1] if found else ""


def partitions(sinfo: str, scontrol: str, *, only_up: bool = True) -> list[Partition]:
    """Return the partitions in the output of `sinfo` and `scontrol show partition`, in the order of `sinfo`.

    A partition with several kinds of nodes has the numbers of the smallest, so that a job that fits can run on each of
    its nodes. Partitions without nodes are left out, and with `only_up` those that are not up.
    """
    facts = {found["PartitionName"]: found for found in map(_facts, scontrol.splitlines()) if "PartitionName" in found}
    kinds: dict[str, list[list[str]]] = {}
    for line in sinfo.splitlines():
        fields = line.strip().split("|")
        if len(fields) == 6:
            kinds.setdefault(fields[0], []).append(fields)
    return [
        _partition(name, rows, facts.get(name, {}))
        for name, rows in kinds.items()
        if not only_up or facts.get(name, {}).get("State", "UP") == "UP"
    ]


def _facts(line: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in line.split() if "=" in word)
    return {name: value for name, _, value in pairs}


def _partition(name: str, rows: list[list[str]], facts: Mapping[str, str]) -> Partition:
    gpus = [_gpus(row[4]) for row in rows]
    count = min(count for count, _ in gpus)
    types = {kind for number, kind in gpus if number}
    return Partition(
        name=name,
        cpus_per_node=min(_number(row[1]) for row in rows),
        memory_mb=min(_number(row[2]) for row in rows),
        max_walltime_secs=max(_seconds(row[3]) for row in rows),
        gpus_per_node=count,
        gpu_type=types.pop() if count and len(types) == 1 else None,
        min_nodes=max(1, _limit(facts.get("MinNodes")) or 1),
        max_nodes=_limit(facts.get("MaxNodes")) or sum(_number(row[5]) for row in rows),
        shared=facts.get("OverSubscribe", "NO").partition(":")[0] in {"YES", "FORCE"} or "shared" in name.lower(),
        is_default=facts.get("Default") == "YES",
    )


def _gpus(gres: str) -> tuple[int, str | None]:
    """Return the number of GPUs of a node and their type."""
    found = list(_GPUS.finditer(gres))
    types = {each["type"] for each in found}
    return sum(int(each["count"]) for each in found), types.pop() if len(types) == 1 else None


def _number(text: str) -> int:
    """Parse a number of sinfo. A plus sign means "at least"."""
    return int(text.rstrip("+") or 0)


def _seconds(text: str) -> int:
    return UNLIMITED_SECONDS if text.lower() in {"infinite", "unlimited", "n/a"} else walltime_seconds(text)


def _limit(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def as_toml(cluster: ClusterDescription, name: str, display_name: str, *, host_pattern: str | None) -> str:
    """Return the description of a cluster as TOML of a settings file."""
    lines = [f"[client.hpc.custom_profiles.{_key(name)}]", f"display_name = {_text(display_name)}"]
    lines += [f"detect_hostname = {_text(host_pattern)}"] if host_pattern else []
    for partition in cluster.partitions:
        lines += ["", f"[[client.hpc.custom_profiles.{_key(name)}.partitions]]", *_lines(partition)]
    return "\n".join(lines) + "\n"


def _lines(partition: Partition) -> Iterable[str]:
    usual = Partition(name="", cpus_per_node=0, memory_mb=0, max_walltime_secs=0)
    for field in partition.__struct_fields__:
        value = getattr(partition, field)
        if value == getattr(usual, field) or value is None:
            continue
        shown = _text(value) if isinstance(value, str) else str(value).lower()
        yield f"{field} = {shown}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    """Quote a text as a basic string of TOML."""
    shown = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", shown) + '"'
