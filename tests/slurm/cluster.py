"""A real Slurm cluster on this machine: each node has its own network namespace, address and host name.

python -m slurm.cluster up DIRECTORY      start it, and print the variable that commands of Slurm need
python -m slurm.cluster down DIRECTORY    stop it, and remove its namespaces

It needs root, and the Debian packages of `PACKAGES`. Its keys, state and logs are in DIRECTORY; outside of it, it
changes /etc/hosts and /etc/netns until it is stopped.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from slurm.configuration import CLUSTER, HEAD, Shape, address, hosts, slurm_conf, slurmdbd_conf

PACKAGES = (
    "slurmctld", "slurmd", "slurm-client", "munge", "slurmdbd", "slurm-wlm-mysql-plugin", "mariadb-server", "iproute2",
)  # fmt: skip
BRIDGE = "torcslurm0"
ETC_HOSTS, ETC_NETNS = Path("/etc/hosts"), Path("/etc/netns")
PATIENCE_SECONDS = 60.0
STEP_SECONDS = 0.05
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


class CannotStartError(Exception):
    """There can be no cluster here. The text says what is missing."""


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

    def start(self) -> None:
        """Start the cluster, and wait until all nodes are idle. Raises CannotStartError."""
        self._require()
        for name in ("munge", "state", "run", "log"):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        self._pids.touch()
        head = socket.gethostname()
        self._write("slurm.conf", slurm_conf(self.folder, self.shape, head))
        self._write("cgroup.conf", "CgroupAutomount=no\n")
        self._write("hosts", hosts(self.shape, head))
        try:
            self._start_munge()
            self._make_network()
            if self.shape.has_accounting:
                self._start_accounting()
            self._spawn("slurmctld", "slurmctld", "-D", "-c")
            self._await("slurmctld", lambda: self._succeeds("scontrol", "ping"))
            for number in range(self.shape.nodes):
                self.start_node(number)
            self._await(
                "the nodes", lambda: len(self.run("sinfo", "-hN", "-tidle", "-o%N").split()) >= self.shape.nodes
            )
        except BaseException:
            self.stop()
            raise

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
        """Run a command with the environment of the cluster, and return its output."""
        return subprocess.run(arguments, env=self.environment, check=True, capture_output=True, text=True).stdout

    def pid(self, name: str) -> int:
        """Return the process id of a daemon, for example `slurmctld` or `slurmd-n1`."""
        pids = dict(line.split() for line in self._pids.read_text().splitlines())
        return int(pids[name])

    def stop(self) -> None:
        """Stop what was started, and remove the network."""
        if not self._pids.exists():
            return
        with suppress(subprocess.SubprocessError, OSError):
            for job in self._succeeds_with("squeue", "-h", "-o%A").split():
                self._succeeds_with("scancel", "--full", "--signal=KILL", job)
        names = [line.split()[0] for line in self._pids.read_text().splitlines()]
        for name in sorted(names, key=lambda each: not each.startswith("slurmd-")):
            self._end(self.pid(name))
        self._end_left_processes()
        for process in self._started:
            process.poll()
        for name in self.shape.names:
            self._succeeds("ip", "netns", "delete", name)
            shutil.rmtree(ETC_NETNS / name, ignore_errors=True)
        self._succeeds("ip", "link", "delete", BRIDGE)
        saved = self.folder / "hosts.saved"
        if saved.exists():
            ETC_HOSTS.write_text(saved.read_text())
            saved.unlink()
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
        self.run("ip", "link", "add", BRIDGE, "type", "bridge")
        self.run("ip", "address", "add", f"{HEAD}/24", "dev", BRIDGE)
        self.run("ip", "link", "set", BRIDGE, "up")
        for number, name in enumerate(self.shape.names):
            self.run("ip", "netns", "add", name)
            self.run("ip", "link", "add", f"torcs{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            self.run("ip", "link", "set", f"torcs{number}", "master", BRIDGE, "up")
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
        self._write("hosts.saved", ETC_HOSTS.read_text())
        nodes = "".join(f"{address(number)} {name}\n" for number, name in enumerate(self.shape.names))
        ETC_HOSTS.write_text(ETC_HOSTS.read_text().rstrip("\n") + "\n" + nodes)

    def _start_accounting(self) -> None:
        data, at = self.folder / "database", self.folder / "run/database.sock"
        self.run(
            "mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-test-db",
            "--auth-root-authentication-method=normal",
        )  # fmt: skip
        self._spawn(
            "mariadbd", "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--socket={at}",
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
            with suppress(subprocess.SubprocessError):
                if is_there():
                    return
            time.sleep(STEP_SECONDS)
        logs = "\n".join(f"{log.name}: {log.read_text(errors='replace')[-500:]}" for log in self.folder.glob("log/*"))
        raise CannotStartError(f"{what} did not start in {PATIENCE_SECONDS:g} s.\n{logs}")

    def _succeeds(self, *arguments: str) -> bool:
        ended = subprocess.run(arguments, env=self.environment, capture_output=True, check=False, timeout=20)
        return ended.returncode == 0

    def _succeeds_with(self, *arguments: str) -> str:
        ended = subprocess.run(arguments, env=self.environment, capture_output=True, check=False, timeout=20, text=True)
        return ended.stdout

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
