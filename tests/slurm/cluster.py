"""A real Slurm cluster on this machine: each node has its own network namespace, address and host name.

python -m slurm.cluster up DIRECTORY      start it, and print the variable that commands of Slurm need
python -m slurm.cluster down DIRECTORY    stop it, and remove its namespaces

With TORC_TEST_SLURM_NUMBER=N (1 to 99), several clusters can run on one machine.

It needs root, and the Debian packages of `PACKAGES`. Its keys, state and logs are in DIRECTORY; outside of it, it
changes /etc/hosts and /etc/netns until it is stopped.
"""

import dataclasses
import fcntl
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from slurm.configuration import BRIDGE, CLUSTER, HEAD, NUMBER, Shape, address, hosts, slurm_conf, slurmdbd_conf

PACKAGES = (
    "slurmctld", "slurmd", "slurm-client", "munge", "slurmdbd", "slurm-wlm-mysql-plugin", "mariadb-server", "iproute2",
)  # fmt: skip
ETC_HOSTS, ETC_NETNS = Path("/etc/hosts"), Path("/etc/netns")
# At the end of the lines in /etc/hosts that are the cluster's.
_MARK = f"# {CLUSTER}"
PATIENCE_SECONDS = 240.0
STEP_SECONDS = 0.1
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


class CannotStartError(Exception):
    """There can be no cluster here. The text says what is missing."""


class CommandFailedError(Exception):
    """A command ended with another exit code than 0. The text has its output."""


class Cluster:
    """The daemons of a cluster, and what they need."""

    def __init__(self, folder: Path, shape: Shape | None = None) -> None:
        self.folder = folder
        self.shape = shape or Shape()
        # Popen objects are kept, since one that is deleted while its process runs is reported.
        self._started: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": f"{os.environ['PATH']}:{SBIN}",
        }

    def check(self) -> None:
        """Raise CannotStartError with the reason if there can be no cluster on this machine."""
        self._require()
        name = f"{BRIDGE}-c"
        try:
            self.run("ip", "netns", "add", name)
            self.run("ip", "link", "add", name, "type", "bridge")
            self.run("ip", "link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", f"{BRIDGE}-p")
            self.run("unshare", "--uts", "--mount", "sh", "-c", "mount --bind /etc/hosts /etc/hosts && hostname n1")
        except CommandFailedError as error:
            raise CannotStartError(
                f"This machine allows no cluster with networks of its own: {error}\n"
                "Run the tests where root may create network namespaces, bridges and mounts."
            ) from error
        finally:
            self._succeeds("ip", "netns", "delete", name)
            self._succeeds("ip", "link", "delete", name)

    def start(self) -> None:
        """Start the cluster, and wait until all nodes are idle. Raises CannotStartError."""
        self._require()
        for name in ("munge", "state", "run", "log"):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        self._pids.touch()
        head = socket.gethostname()
        self._write("slurm.conf", slurm_conf(self.folder, self.shape, head))
        # The plugin of version 2 wants to create control groups although nothing here uses them; containers cannot.
        self._write("cgroup.conf", "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        self._write("hosts", hosts(self.shape, head))
        try:
            self._start_munge()
            self._make_network()
            if self.shape.has_accounting:
                self._start_accounting()
            self._start_slurm()
        except BaseException as error:
            self.stop()
            if isinstance(error, CommandFailedError):
                raise CannotStartError(str(error)) from error
            raise

    def _start_slurm(self) -> None:
        self._spawn("slurmctld", "slurmctld", "-D", "-c")
        self._await("slurmctld", lambda: self._succeeds("scontrol", "ping"))
        for number in range(self.shape.nodes):
            self.start_node(number)
        self._await("the nodes", lambda: len(self.run("sinfo", "-hN", "-tidle", "-o%N").split()) >= self.shape.nodes)

    @contextmanager
    def reshaped(self, **changes: Any) -> Iterator[None]:
        """Restart Slurm with another shape, of the same nodes, until the end of the block."""
        shape = self.shape
        self._restart(dataclasses.replace(shape, **changes))
        try:
            yield
        finally:
            self._restart(shape)

    def _restart(self, shape: Shape) -> None:
        for name in (*(f"slurmd-{node}" for node in self.shape.names), "slurmctld"):
            self._end(self.pid(name))
        self.shape = shape
        self._write("slurm.conf", slurm_conf(self.folder, shape, socket.gethostname()))
        self._start_slurm()

    def start_node(self, number: int) -> None:
        """Start the slurmd of a node, counted from 0, in its own network, host name and /etc/hosts."""
        name = self.shape.names[number]
        (self.folder / f"spool-{name}").mkdir(exist_ok=True)
        # `ip netns exec` would mount /sys anew, and slurmd would not find the cgroups.
        self._spawn(
            f"slurmd-{name}", "nsenter", f"--net=/run/netns/{name}", "unshare", "--uts", "--mount", "sh", "-c",
            'mount --bind "$1" /etc/hosts && hostname "$2" && exec slurmd -D -N "$2"',
            "sh", str(self.folder / "hosts"), name,
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        """Run a command with the environment of the cluster, and return its output. Raises CommandFailedError."""
        ended = subprocess.run(arguments, env=self.environment, check=False, capture_output=True, text=True)
        if ended.returncode:
            words = f"{ended.stdout[-2000:]}{ended.stderr[-2000:]}".rstrip()
            raise CommandFailedError(f"{shlex.join(arguments)} failed: {words}")
        return ended.stdout

    def pid(self, name: str) -> int:
        """Return the process id of a daemon, for example `slurmctld` or `slurmd-n1`."""
        pids = dict(line.split() for line in self._pids.read_text().splitlines())
        return int(pids[name])

    def end_allocations(self) -> None:
        """Kill everything in the queue, and wait until it is empty. Allocations may end by themselves meanwhile."""

        def is_over() -> bool:
            jobs = self.run("squeue", "--noheader", "--array", "--format=%i").split()
            if jobs:
                self._succeeds("scancel", "--signal=KILL", "--full", *jobs)
                # An allocation that waits has no process that could be killed.
                self._succeeds("scancel", "--user=root")
            return not jobs

        self._await("the end of all allocations", is_over)

    def stop(self) -> None:
        """Stop what was started, and remove the network."""
        if not self._pids.exists():
            return
        with suppress(CannotStartError, CommandFailedError, subprocess.SubprocessError, OSError):
            self.end_allocations()
        names = [line.split()[0] for line in self._pids.read_text().splitlines()]
        for name in sorted(names, key=lambda each: not each.startswith("slurmd-")):
            self._end(self.pid(name))
        self._end_left_processes()
        for process in self._started:
            process.poll()
        self._remove_network()
        self._pids.unlink()

    @property
    def _pids(self) -> Path:
        return self.folder / "pids"

    def _require(self) -> None:
        if os.geteuid() != 0:
            raise CannotStartError("A Slurm cluster needs root. Run this as root.")
        missing = [name for name in ("slurmctld", "slurmd", "sinfo", "munged", "ip") if not self._which(name)]
        if self.shape.has_accounting:
            missing += [name for name in ("slurmdbd", "mariadbd") if not self._which(name)]
        if missing:
            raise CannotStartError(
                f"{', '.join(missing)} not found. Install Debian's packages: apt-get install {' '.join(PACKAGES)}"
            )
        if self._pids.exists():
            raise CannotStartError(f"{self._pids} exists: a cluster runs there. Stop it first.")
        for name in self.shape.names:
            if pids := self._processes_on(name):
                raise CannotStartError(
                    f"A cluster with the number {NUMBER} runs, or was not stopped: its node {name} has the processes"
                    f" {', '.join(pids)}. Stop it, or set TORC_TEST_SLURM_NUMBER to another number."
                )

    def _processes_on(self, node: str) -> list[str]:
        try:
            return self.run("ip", "netns", "pids", node).split()
        except CommandFailedError:  # there is no such network
            return []

    def _which(self, name: str) -> str | None:
        return shutil.which(name, path=self.environment["PATH"])

    def _start_munge(self) -> None:
        key, at = self.folder / "munge/key", self.folder / "munge/socket"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        self._spawn(
            "munged", "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={at}",
            f"--pid-file={self.folder}/munge/pid", f"--log-file={self.folder}/log/munged.log",
            f"--seed-file={self.folder}/munge/seed",
        )  # fmt: skip
        self._await("munged", lambda: self._succeeds("munge", f"--socket={at}", "--no-input"))

    def _make_network(self) -> None:
        # A run of tests that was killed leaves the network of its cluster.
        self._remove_network()
        self.run("ip", "link", "add", BRIDGE, "type", "bridge")
        self.run("ip", "address", "add", f"{HEAD}/24", "dev", BRIDGE)
        self.run("ip", "link", "set", BRIDGE, "up")
        for number, name in enumerate(self.shape.names):
            self.run("ip", "netns", "add", name)
            self.run("ip", "link", "add", f"{BRIDGE}-{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            self.run("ip", "link", "set", f"{BRIDGE}-{number}", "master", BRIDGE, "up")
            for arguments in (
                ("link", "set", "lo", "up"),
                ("address", "add", f"{address(number)}/24", "dev", "eth0"),
                ("link", "set", "eth0", "up"),
                ("route", "add", "default", "via", HEAD),
            ):
                self.run("ip", "-netns", name, *arguments)
            (ETC_NETNS / name).mkdir(parents=True, exist_ok=True)
            (ETC_NETNS / name / "hosts").write_text((self.folder / "hosts").read_text())
        # srun of this machine must know the nodes too.
        with _etc_hosts() as lines:
            lines += [f"{address(number)} {name} {_MARK}" for number, name in enumerate(self.shape.names)]

    def _remove_network(self) -> None:
        for name in self.shape.names:
            self._succeeds("ip", "netns", "delete", name)
            shutil.rmtree(ETC_NETNS / name, ignore_errors=True)
        for number in range(self.shape.nodes):
            # Connections that are being closed keep a namespace, and the link to it, for a while.
            self._succeeds("ip", "link", "delete", f"{BRIDGE}-{number}")
        self._succeeds("ip", "link", "delete", BRIDGE)
        with _etc_hosts() as lines:
            lines[:] = [line for line in lines if not line.endswith(f" {_MARK}")]

    def _start_accounting(self) -> None:
        data, at = self.folder / "database", self.folder / "run/database.sock"
        # A server that starts removes the temporary tables in this folder, which may be those of another one.
        temporary = self.folder / "tmp"
        temporary.mkdir()
        own = ("env", f"TMPDIR={temporary}")
        self.run(
            *own, "mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal",
        )  # fmt: skip
        self._spawn(
            "mariadbd", *own, "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--socket={at}",
            "--skip-networking", f"--pid-file={self.folder}/run/database.pid", "--innodb-lock-wait-timeout=900",
            "--innodb-flush-log-at-trx-commit=0",
        )  # fmt: skip
        client = ("mariadb", "--no-defaults", f"--socket={at}", "--user=root", "--execute")
        self._await("mariadbd", lambda: self._succeeds(*client, "SELECT 1"))
        self.run(*client, "CREATE DATABASE IF NOT EXISTS slurm_acct_db")
        self._write("slurmdbd.conf", slurmdbd_conf(self.folder))
        (self.folder / "slurmdbd.conf").chmod(0o600)
        self._spawn("slurmdbd", "env", f"MYSQL_UNIX_PORT={at}", "slurmdbd", "-D")
        self._await("slurmdbd", lambda: self._succeeds("sacctmgr", "-n", "-i", "list", "cluster"))
        if CLUSTER not in self.run("sacctmgr", "-n", "list", "cluster"):
            self.run("sacctmgr", "-i", "add", "cluster", CLUSTER)

    def _spawn(self, name: str, *arguments: str) -> None:
        with (self.folder / f"log/{name}.out").open("ab") as log:
            process = subprocess.Popen(
                arguments, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._started.append(process)
        with self._pids.open("a") as pids:
            pids.write(f"{name} {process.pid}\n")

    def _await(self, what: str, is_there: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            with suppress(CommandFailedError, subprocess.SubprocessError):
                if is_there():
                    return
            time.sleep(STEP_SECONDS)
        logs = "\n".join(f"{log.name}: {log.read_text(errors='replace')[-500:]}" for log in self.folder.glob("log/*"))
        raise CannotStartError(f"{what} did not come in {PATIENCE_SECONDS:g} s.\n{logs}")

    def _succeeds(self, *arguments: str) -> bool:
        try:
            ended = subprocess.run(arguments, env=self.environment, capture_output=True, check=False, timeout=60)
        except subprocess.TimeoutExpired:
            return False
        return ended.returncode == 0

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def _end(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 10
        while _runs(pid):
            if time.monotonic() > end:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(STEP_SECONDS)

    def _end_left_processes(self) -> None:
        """Kill jobs and steps whose slurmd has ended. They have a file of the cluster in their environment, or open."""
        wanted = f"SLURM_CONF={self.folder}/slurm.conf".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "environ").read_bytes().split(b"\0")
                is_job = wanted in words and any(word.startswith(b"SLURM_JOB_ID=") for word in words)
                is_step = (process / "exe").readlink().name == "slurmstepd"
                if is_job or (
                    is_step and any(str(self.folder) in str(each.readlink()) for each in (process / "fd").iterdir())
                ):
                    os.kill(int(process.name), signal.SIGKILL)


@contextmanager
def _etc_hosts() -> Iterator[list[str]]:
    """Yield the lines of /etc/hosts, and write them back. Clusters that start at once wait for each other."""
    with ETC_HOSTS.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().splitlines()
        yield lines
        # In place, since the file can be a mount point.
        file.seek(0)
        file.truncate()
        file.write("".join(f"{line}\n" for line in lines))


def _runs(pid: int) -> bool:
    """Whether a process runs. A zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextmanager
def running_cluster(folder: Path, shape: Shape | None = None) -> Iterator[Cluster]:
    """Yield a running cluster, and stop it afterwards."""
    cluster = Cluster(folder, shape)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def main() -> None:
    """Start or stop a cluster by hand."""
    match sys.argv[1:]:
        case ["up", folder]:
            cluster = Cluster(Path(folder).absolute())
            cluster.start()
            sys.stdout.write(f"export SLURM_CONF={cluster.environment['SLURM_CONF']}\n")
        case ["down", folder]:
            Cluster(Path(folder).absolute()).stop()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except CannotStartError as error:
        sys.exit(str(error))
