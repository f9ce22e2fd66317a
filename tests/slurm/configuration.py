"""The configuration files of the cluster, as text."""

import os
from dataclasses import dataclass
from pathlib import Path

# Clusters with different numbers can run at once. Each worker of pytest-xdist (gw0, gw1 …) has one.
NUMBER = int(os.environ.get("TORC_TEST_SLURM_NUMBER", "0")) + int(
    os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
)
CLUSTER = f"torctest{NUMBER}"
# Below the ports that the kernel gives to outgoing connections.
_FIRST_PORT = 20_000 + 200 * NUMBER
CONTROLLER_PORT, ACCOUNTING_PORT, FIRST_NODE_PORT = _FIRST_PORT, _FIRST_PORT + 1, _FIRST_PORT + 11
SRUN_PORTS = f"{_FIRST_PORT + 100}-{_FIRST_PORT + 199}"
NETWORK = f"10.77.{NUMBER}"
HEAD = f"{NETWORK}.1"
BRIDGE = f"torcslurm{NUMBER}"


@dataclass(frozen=True)
class Shape:
    """What the cluster is like. Each node is claimed to have these CPUs and this memory in MB."""

    nodes: int = 3
    cpus: int = 4
    memory_mb: int = 2000
    has_accounting: bool = True
    tracks_processes_by: str = "linuxproc"
    kill_wait_seconds: int = 5

    @property
    def names(self) -> list[str]:
        """The names of the nodes: n1, n2 …; c4n1, c4n2 … in cluster 4."""
        prefix = f"c{NUMBER}n" if NUMBER else "n"
        return [f"{prefix}{number}" for number in range(1, self.nodes + 1)]


def address(number: int) -> str:
    """Return the address of a node, counted from 0."""
    return f"{NETWORK}.{11 + number}"


def slurm_conf(folder: Path, shape: Shape, head: str) -> str:
    """Return slurm.conf. Slurm reacts at once, where it waits for seconds or a minute by default."""
    lines = {
        "ClusterName": CLUSTER,
        "SlurmctldHost": f"{head}({HEAD})",
        "SlurmUser": "root",
        "SlurmdUser": "root",
        "AuthType": "auth/munge",
        "CredType": "cred/munge",
        "AuthInfo": f"socket={folder}/munge/socket",
        "SlurmctldPort": CONTROLLER_PORT,
        "SrunPortRange": SRUN_PORTS,
        "StateSaveLocation": folder / "state",
        "SlurmdSpoolDir": folder / "spool-%n",
        "SlurmctldPidFile": folder / "run/slurmctld.pid",
        "SlurmdPidFile": folder / "run/slurmd-%n.pid",
        "SlurmctldLogFile": folder / "log/slurmctld.log",
        "SlurmdLogFile": folder / "log/slurmd-%n.log",
        "ReturnToService": 2,
        "MpiDefault": "none",
        "SwitchType": "switch/none",
        "ProctrackType": f"proctrack/{shape.tracks_processes_by}",
        "TaskPlugin": "task/none",
        # The claimed sizes of the nodes count, not those of this machine.
        "SlurmdParameters": "config_overrides",
        "SchedulerType": "sched/backfill",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_Core_Memory",
        "SchedulerParameters": "sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0",
        "KillWait": shape.kill_wait_seconds,
        "InactiveLimit": 0,
        "MinJobAge": 3600,
        "JobAcctGatherType": "jobacct_gather/linux",
        "JobAcctGatherFrequency": "task=1",
        "JobAcctGatherParams": "OverMemoryKill",
        "EnforcePartLimits": "ALL",
        "DefMemPerCPU": 100,
        "AccountingStorageType": f"accounting_storage/{'slurmdbd' if shape.has_accounting else 'none'}",
    }
    if shape.has_accounting:
        lines |= {
            "AccountingStorageHost": HEAD,
            "AccountingStoragePort": ACCOUNTING_PORT,
            "AccountingStoragePass": folder / "munge/socket",
            "AccountingStoreFlags": "job_comment,job_env,job_script",
        }
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    for number, name in enumerate(shape.names):
        text += (
            f"NodeName={name} NodeHostname={name} NodeAddr={address(number)} Port={FIRST_NODE_PORT + number}"
            f" CPUs={shape.cpus} RealMemory={shape.memory_mb} State=UNKNOWN\n"
        )
    return (
        text + "PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=60 State=UP OverSubscribe=NO\n"
        "PartitionName=short Nodes=ALL MaxTime=1 DefaultTime=1 State=UP\n"
    )


def slurmdbd_conf(folder: Path) -> str:
    """Return slurmdbd.conf."""
    lines = {
        "AuthType": "auth/munge",
        "AuthInfo": f"socket={folder}/munge/socket",
        "DbdHost": "localhost",
        "DbdPort": ACCOUNTING_PORT,
        "SlurmUser": "root",
        "LogFile": folder / "log/slurmdbd.log",
        "PidFile": folder / "run/slurmdbd.pid",
        "StorageType": "accounting_storage/mysql",
        "StorageHost": "localhost",
        "StorageUser": "root",
        "StorageLoc": "slurm_acct_db",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def hosts(shape: Shape, head: str) -> str:
    """Return /etc/hosts of the nodes."""
    lines = ["127.0.0.1 localhost", f"{HEAD} {head} head"]
    lines += [f"{address(number)} {name}" for number, name in enumerate(shape.names)]
    return "\n".join(lines) + "\n"
