"""Real hosts that are reached by ssh: three on one bridge, each with its own sshd, users, addresses and firewall.

    @pytest.fixture
    def hosts(place: Place) -> Iterator[RemoteHosts]:
        with remote_hosts(place) as hosts:
            yield hosts

The programs of `place` find an `ssh` with throw-away keys in PATH, which knows the hosts by their names n1, n2 and n3,
and logs its calls. They run on the machine itself, which the hosts know as `manager`. A test that calls ssh in its own
process sets PATH to `hosts.path`. Tests of several processes and repositories can run at the same time.

Tests need `REMOTE_HOSTS` as their mark.
"""

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from support import needs
from support.host_namespaces import ETC_NETNS, Account, HostNamespaces, as_root, children_of
from support.processes import PROGRAMS, Output, Place

REMOTE_HOSTS = [
    needs.root(),
    needs.programs("ip", "nft", "ssh", "sshd", "ssh-keygen", "nsenter", "setpriv", "unshare", "mount"),
    # Each command starts several programs on each host, which a loaded machine does one after the other.
    pytest.mark.timeout(300),
]
"""The marks of tests with remote hosts."""

_LOCKS = Path("/run/torc-test-hosts")
_NETWORKS = 250
_USERS = ("ada", "ben", "eve")
_BASE_UID = 20000


class RemoteHost:
    """A host with one user, and further ones if they are added. Its sshd listens on port 22 of its address."""

    def __init__(self, hosts: "RemoteHosts", number: int) -> None:
        self.hosts, self.number = hosts, number
        self.name = f"n{number}"
        self.address = f"10.232.{hosts.network}.{10 + number}"
        self.ipv6 = f"fd00:232:{hosts.network:x}::{10 + number:x}"
        self.card = f"torc{hosts.network}-{number}"
        self.namespaces = HostNamespaces(hosts.folder / self.name, f"torc-hosts{hosts.network}-{number}", self.name)
        self.user = self.add_user(_USERS[number - 1])
        self._sshd: subprocess.Popen[str] | None = None
        self._log: Output | None = None

    @property
    def destination(self) -> str:
        """The argument of ssh: `user@address`."""
        return f"{self.user.name}@{self.address}"

    @property
    def home(self) -> Path:
        """The home folder of its first user, as the test sees it. On the host it is /home/NAME."""
        return self.user.home

    def add_user(self, name: str, shell: str = "/bin/bash") -> Account:
        """Add a user before the host is started."""
        count = len(self.namespaces.accounts)
        uid = _BASE_UID + self.hosts.network * 40 + self.number * 10 + count
        account = Account(name, uid, self.namespaces.folder / "home" / name, shell)
        self.namespaces.add_account(account)
        self._write(account, ".ssh/authorized_keys", (self.hosts.folder / "user.pub").read_text())
        self._write(account, "bin/torc", f'#!/bin/sh\nexec {PROGRAMS}/torc "$@"\n', 0o755)
        return account

    def remove_torc(self) -> None:
        """Remove `torc` from the PATH of its users."""
        for account in self.namespaces.accounts:
            (account.home / "bin/torc").unlink()

    def write(self, path: str, text: str, mode: int = 0o644) -> Path:
        """Write a file in the home folder of its first user, such as .bashrc."""
        return self._write(self.user, path, text, mode)

    def run(self, *words: str | Path | int, **options: Any) -> str:
        """Run a program there as its first user, not by ssh, and return the output."""
        return self.namespaces.run(*words, account=self.user, **options)

    def start(self) -> None:
        """Boot the host and start its sshd."""
        self.namespaces.boot()
        self.start_sshd()

    def power_off(self) -> None:
        """Kill all processes of the host at once. `start` boots it again, with another boot id."""
        self.namespaces.power_off()
        self._ended_sshd()

    def start_sshd(self) -> None:
        """Start the sshd, and wait until it listens."""
        self._sshd = subprocess.Popen(
            self.namespaces.enter("/usr/sbin/sshd", "-D", "-e", "-f", self.namespaces.folder / "sshd.conf"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._log = Output(self._sshd.stderr)
        self._log.wait_for("Server listening on")

    def stop_sshd(self) -> None:
        """End the sshd that listens. Connections that exist stay."""
        if self._sshd is not None:
            # The process that was started entered the namespaces, and waits for the sshd.
            for pid in children_of(self._sshd.pid):
                os.kill(pid, signal.SIGTERM)
        self._ended_sshd()

    @property
    def sshd_log(self) -> list[str]:
        """The lines that the sshd has logged since it was started."""
        assert self._log is not None
        return list(self._log.lines)

    def new_host_key(self) -> None:
        """Replace the host key, as a new installation of the host does."""
        self.stop_sshd()
        self.make_host_key()
        self.start_sshd()

    def cut(self, kind: str = "drop", *, ways: str = "both", port: int | None = None) -> None:
        """Drop or reject packets of the host: `both` ways, those `in` or those `out`; of one TCP port, or all."""
        # The answers to rejected packets pass.
        action = "tcp flags & rst != rst reject with tcp reset" if kind == "reject" else "drop"
        self._filter(action, ways, port)

    def lose(self, percent: int, *, ways: str = "both") -> None:
        """Lose a part of the packets at random."""
        self._filter(f"numgen random mod 100 < {percent} drop", ways, None)

    def mend(self) -> None:
        """Let all packets pass again."""
        self._nft("table inet torc_test\ndelete table inet torc_test\n")

    def unplug(self) -> None:
        """Take the network link of the host down."""
        as_root("ip", "-netns", self.namespaces.namespace, "link", "set", "eth0", "down")

    def plug(self) -> None:
        """Take the network link up again."""
        as_root("ip", "-netns", self.namespaces.namespace, "link", "set", "eth0", "up")

    def make_host_key(self) -> None:
        key = self.namespaces.folder / "host"
        for path in (key, key.with_suffix(".pub")):
            path.unlink(missing_ok=True)
        as_root("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)

    def connect(self) -> None:
        """Make the network of the host, and its files."""
        namespace = self.namespaces.namespace
        as_root("ip", "netns", "add", namespace)
        as_root("ip", "link", "add", self.card, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        as_root("ip", "link", "set", self.card, "master", self.hosts.bridge, "up")
        for words in (
            ("link", "set", "lo", "up"),
            ("address", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "eth0", "up"),
        ):
            as_root("ip", "-netns", namespace, *words)
        with suppress(AssertionError):  # kernels without IPv6
            as_root("ip", "-netns", namespace, "address", "add", f"{self.ipv6}/64", "dev", "eth0", "nodad")
        hosts = f"127.0.0.1 localhost\n127.0.1.1 {self.name}-loopback\n{self.hosts.names}"
        self.namespaces.write_etc("hosts", hosts)
        (ETC_NETNS / namespace).mkdir(parents=True, exist_ok=True)
        (ETC_NETNS / namespace / "hosts").write_text(hosts)
        self.make_host_key()
        (self.namespaces.folder / "sshd.conf").write_text(
            f"Port 22\nHostKey {self.namespaces.folder}/host\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\n"
            "AllowStreamLocalForwarding yes\nPidFile none\nLogLevel VERBOSE\nMaxStartups 100\nUseDNS no\n"
            "Subsystem sftp internal-sftp\n"
            + "".join(
                f"Match User {account.name}\n  SetEnv PATH={account.path}\n" for account in self.namespaces.accounts
            )
        )

    def remove(self) -> None:
        """End the host, and remove its network."""
        self.power_off()
        for words in (("netns", "delete", self.namespaces.namespace), ("link", "delete", self.card)):
            # A link goes with its namespace, unless connections that are being closed keep it for a while.
            subprocess.run(["ip", *words], check=False, capture_output=True)
        shutil.rmtree(ETC_NETNS / self.namespaces.namespace, ignore_errors=True)

    def _ended_sshd(self) -> None:
        if self._sshd is not None:
            self._sshd.wait()
            self._sshd = None

    def _write(self, account: Account, name: str, text: str, mode: int = 0o644) -> Path:
        path = account.home / name
        for folder in reversed(path.relative_to(account.home).parents):
            (account.home / folder).mkdir(exist_ok=True)
            os.chown(account.home / folder, account.uid, account.uid)
        path.write_text(text)
        path.chmod(mode)
        os.chown(path, account.uid, account.uid)
        return path

    def _filter(self, action: str, ways: str, port: int | None) -> None:
        ports = [f"tcp dport {port} ", f"tcp sport {port} "] if port else [""]
        rules = {"in": ("input", "iifname"), "out": ("output", "oifname")}
        text = "table inet torc_test\ndelete table inet torc_test\ntable inet torc_test {\n"
        for way, (hook, card) in rules.items():
            if ways in {way, "both"}:
                text += f"chain {way} {{ type filter hook {hook} priority 0;\n"
                text += "".join(f"{card} eth0 {each}{action}\n" for each in ports) + "}\n"
        self._nft(text + "}\n")

    def _nft(self, text: str) -> None:
        as_root("nsenter", f"--net=/run/netns/{self.namespaces.namespace}", "nft", "-f", "-", stdin=text)


class RemoteHosts:
    """The hosts, and the files of the ssh that reaches them."""

    def __init__(self, place: Place, network: int, count: int) -> None:
        self.place, self.network = place, network
        self.folder = place.directory.parent / f"hosts{network}"
        self.folder.mkdir()
        self.bridge = f"torchosts{network}"
        self.manager_address = f"10.232.{network}.1"
        self.manager_ipv6 = f"fd00:232:{network:x}::1"
        as_root("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / "user")
        self.all = [RemoteHost(self, number) for number in range(1, count + 1)]
        self.path = f"{self.folder}/bin{os.pathsep}{place.environment['PATH']}"
        place.environment["PATH"] = self.path

    @property
    def names(self) -> str:
        """The lines of /etc/hosts for all hosts."""
        addresses = [(self.manager_address, "manager"), *((host.address, host.name) for host in self.all)]
        return "".join(f"{address} {name} {name}.cluster\n" for address, name in addresses)

    def __getitem__(self, number: int) -> RemoteHost:
        """Return a host, counted from 0."""
        return self.all[number]

    def calls(self, program: str = "ssh") -> list[list[str]]:
        """Return the arguments of each call of ssh or scp so far."""
        log = self.folder / f"{program}.calls"
        texts = log.read_text().split("\x1e") if log.exists() else []
        return [text.split("\x1f")[:-1] for text in texts[:-1]]

    def configure(self, text: str) -> None:
        """Put this text before the configuration of ssh, as a user does in ~/.ssh/config."""
        (self.folder / "own.conf").write_text(text)

    def start(self) -> None:
        """Make the network, and start all hosts."""
        as_root("ip", "link", "add", self.bridge, "type", "bridge")
        as_root("ip", "address", "add", f"{self.manager_address}/24", "dev", self.bridge)
        as_root("ip", "link", "set", self.bridge, "up")
        with suppress(AssertionError):  # kernels without IPv6
            as_root("ip", "address", "add", f"{self.manager_ipv6}/64", "dev", self.bridge, "nodad")
        self._write_client()
        for host in self.all:
            host.connect()
            host.start()

    def remove(self) -> None:
        """End all hosts, and remove the network."""
        for host in self.all:
            host.remove()
        subprocess.run(["ip", "link", "delete", self.bridge], check=False, capture_output=True)

    def _write_client(self) -> None:
        self.configure("")
        known = "".join(f"Host {host.name}\n  HostName {host.address}\n  User {host.user.name}\n" for host in self.all)
        (self.folder / "ssh.conf").write_text(
            f"Include {self.folder}/own.conf\n{known}Host *\n  IdentityFile {self.folder}/user\n  IdentitiesOnly yes\n"
            f"  UserKnownHostsFile {self.folder}/known_hosts\n  GlobalKnownHostsFile none\n"
        )
        (self.folder / "bin").mkdir()
        for name in ("ssh", "scp"):
            wrapper = self.folder / "bin" / name
            wrapper.write_text(
                f"#!/bin/sh\nprintf '%s\\037' \"$@\" '\036' >> {self.folder}/{name}.calls\n"
                f'exec {needs.path_of(name)} -F {self.folder}/ssh.conf "$@"\n'
            )
            wrapper.chmod(0o755)


@contextmanager
def remote_hosts(place: Place, count: int = 3, *, configure: Sequence[Any] = ()) -> Iterator[RemoteHosts]:
    """Yield running hosts. Functions of `configure` get the hosts before they start, for example to add users."""
    with ExitStack() as stack:
        hosts = RemoteHosts(place, stack.enter_context(_network()), count)
        for function in configure:
            function(hosts)
        stack.callback(hosts.remove)
        hosts.start()
        yield hosts


@contextmanager
def _network() -> Iterator[int]:
    """Yield the number of a network that no other test uses, without what a killed test left of it."""
    _LOCKS.mkdir(exist_ok=True)
    for number in range(1, _NETWORKS):
        with (_LOCKS / str(number)).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _remove_remains(number)
            yield number
            return
    raise AssertionError("all networks are used")


def _remove_remains(network: int) -> None:
    prefix = f"torc-hosts{network}-"
    for namespace in [each.name for each in Path("/run/netns").glob(f"{prefix}*")]:
        pids = subprocess.run(["ip", "netns", "pids", namespace], check=False, capture_output=True, text=True).stdout
        for pid in pids.split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), 9)
        subprocess.run(["ip", "netns", "delete", namespace], check=False, capture_output=True)
        shutil.rmtree(ETC_NETNS / namespace, ignore_errors=True)
    subprocess.run(["ip", "link", "delete", f"torchosts{network}"], check=False, capture_output=True)
