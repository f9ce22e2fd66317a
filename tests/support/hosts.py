"""Hosts that are apart: each has network, addresses, firewall, names, host name and identity of its own.

A host is a network, UTS and mount namespace, which end with the process that holds them. Networks are bridges in a
namespace of their own. Nothing outside of these namespaces changes, so several tests can run at once with the same
addresses.

    with Hosts(tmp_path) as hosts:
        login, node = hosts.add("login1"), hosts.add("node1")
        with Server(login, "--host", "0.0.0.0") as server:
            node.run("torc", "--url", f"http://login1:{server.port}/torc-service/v1", "ping")
"""

import contextlib
import os
import shlex
import subprocess
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from support import needs
from support.processes import PROGRAMS, Place

REQUIRED_PROGRAMS = ("ip", "nft", "nsenter", "unshare", "mount")

_HOLD = """
set -e
mount --bind "$2/hosts" /etc/hosts
mount --bind "$2/nsswitch.conf" /etc/nsswitch.conf
mount --bind "$2/resolv.conf" /etc/resolv.conf
mount --bind "$2/machine-id" /etc/machine-id
mount --bind "$2/boot_id" /proc/sys/kernel/random/boot_id
hostname "$1"
ip link set lo up
echo ready
exec cat > /dev/null
"""


def required() -> list[pytest.MarkDecorator]:
    """Return the marks of tests that use hosts."""
    return [needs.root(), needs.programs(*REQUIRED_PROGRAMS)]


class Network:
    """A network of hosts: `10.NUMBER.0.0/24`, and `fd00:NUMBER::/64` where the kernel has IPv6."""

    def __init__(self, switch: "_Namespace", name: str, number: int) -> None:
        self.name, self.number = name, number
        self._switch = switch
        self._members = 0
        switch.ip(f"link add {name} type bridge", f"link set {name} up")

    def join(self, host: "Host", card: str) -> "Interface":
        """Connect a host through the network interface `card`."""
        self._members += 1
        number = 10 + self._members
        port = f"{self.name}-{number}"
        self._switch.ip(
            f"link add {port} type veth peer name {card} netns {host.pid}", f"link set {port} master {self.name} up"
        )
        found = Interface(self, card, port, f"10.{self.number}.0.{number}", f"fd00:{self.number}::{number}")
        host.ip(f"address add {found.address}/24 dev {card}", f"link set {card} up")
        if has_ipv6():
            host.ip(f"address add {found.address6}/64 dev {card} nodad")
        return found

    def plug(self, interface: "Interface", *, is_in: bool) -> None:
        """Connect or disconnect the cable of an interface. While it is out, packets vanish in both directions."""
        # The carrier stays, as behind a switch that fails, so that the kernels of the hosts notice nothing.
        master = f"master {self.name}" if is_in else "nomaster"
        self._switch.ip(f"link set {interface.port} {master}")


class Interface:
    """The connection of a host with a network."""

    def __init__(self, network: Network, card: str, port: str, address: str, address6: str) -> None:
        self.network, self.card, self.port, self.address, self.address6 = network, card, port, address, address6


class _Namespace:
    """Namespaces that exist while this process holds them."""

    def __init__(self, *words: str | Path) -> None:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--uts", "--mount", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment_of_root(),
        )  # fmt: skip
        self.pid = self._holder.pid
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == b"ready\n"

    def ip(self, *commands: str) -> None:
        """Run commands of `ip`."""
        subprocess.run(
            ["nsenter", f"--target={self.pid}", "--net", "ip", "-batch", "-"],
            input="\n".join(commands), text=True, check=True, capture_output=True, env=_environment_of_root(),
        )  # fmt: skip

    def end(self) -> None:
        """Let the namespaces end. They end when the last program in them has ended."""
        self._holder.communicate()


class Host(Place):
    """A working directory whose programs run on a host. Make it with `Hosts.add`."""

    def __init__(self, directory: Path, name: str, *, home: Path | None = None) -> None:
        super().__init__(directory)
        if home is not None:
            self.home = home
            self.environment["HOME"] = str(home)
        self.name = name
        self.interfaces: list[Interface] = []
        self._etc = directory / "etc"
        self._etc.mkdir()
        self._etc.joinpath("hosts").touch()
        # Only the file has names: no test asks a name server of this machine.
        self._etc.joinpath("nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
        self._etc.joinpath("resolv.conf").touch()
        self._etc.joinpath("machine-id").write_text(f"{uuid.uuid4().hex}\n")
        self._etc.joinpath("boot_id").write_text(f"{uuid.uuid4()}\n")
        self._namespace = _Namespace("sh", "-c", _HOLD, "sh", name, self._etc)
        self.pid = self._namespace.pid
        self.firewall = Firewall(self)

    @property
    def address(self) -> str:
        """The IPv4 address in its first network."""
        return self.interfaces[0].address

    @property
    def address6(self) -> str:
        """The IPv6 address in its first network."""
        return self.interfaces[0].address6

    def start(self, *words: Any, **options: Any) -> subprocess.Popen[str]:
        """Start a program on this host. Its process id is that of the program itself."""
        return super().start(*self.entering(), *words, **options)

    def entering(self) -> list[str]:
        """Return the words that, before a command, run it on this host."""
        return [
            "nsenter", f"--target={self.pid}", "--net", "--uts", "--mount", "env", f"--chdir={self.directory}",
        ]  # fmt: skip

    def ip(self, *commands: str) -> None:
        """Run commands of `ip` on this host."""
        self._namespace.ip(*commands)

    def set_names(self, names: Mapping[str, Iterable[str]], *, localhost: str = "127.0.0.1") -> None:
        """Write the file of host names: the addresses of each name, in this order."""
        lines = [f"{localhost} localhost"]
        lines += [f"{address} {name}" for name, addresses in names.items() for address in addresses]
        # In place, since the file is a mount point.
        self._etc.joinpath("hosts").write_text("".join(f"{line}\n" for line in lines))

    def cut(self) -> None:
        """Let all packets from and to this host vanish."""
        for each in self.interfaces:
            each.network.plug(each, is_in=False)

    def mend(self) -> None:
        """End a cut."""
        for each in self.interfaces:
            each.network.plug(each, is_in=True)

    def end(self) -> None:
        """Let the host end."""
        self._namespace.end()


class Firewall:
    """Packet filters for the packets that a host receives."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def drop(self, port: int | None = None, *, sender: Host | None = None) -> None:
        """Drop packets to a TCP port of the host, or of all ports. `sender`: only those of this host."""
        self._add(port, sender, "drop")

    def reject(self, port: int | None = None, *, sender: Host | None = None, how: str = "with tcp reset") -> None:
        """Reject packets. Other values of `how`: "" (ICMP, port unreachable), "with icmpx type admin-prohibited"."""
        self._add(port, sender, f"reject {how}")

    def lose(self, percent: int, *, sender: Host | None = None) -> None:
        """Drop this part of the packets, at random."""
        self._add(None, sender, f"numgen random mod 100 < {percent} drop")

    def drop_data(self, *, sender: Host) -> None:
        """Drop TCP packets of a host that have data. Connections open, and what they carry vanishes."""
        self._add(None, sender, "meta length > 120 drop")

    def open(self) -> None:
        """Remove all filters."""
        self._nft("flush ruleset")

    def _add(self, port: int | None, sender: Host | None, verdict: str) -> None:
        to = "meta l4proto tcp" if port is None else f"tcp dport {port}"
        origins = [""]
        if sender is not None:
            origins = [f"ip saddr {each.address}" for each in sender.interfaces]
            origins += [f"ip6 saddr {each.address6}" for each in sender.interfaces] if has_ipv6() else []
        rules = [f"add rule inet torc received {origin} {to} {verdict}" for origin in origins]
        chain = "add chain inet torc received { type filter hook input priority 0; }"
        self._nft("add table inet torc", chain, *rules)

    def _nft(self, *commands: str) -> None:
        ended = subprocess.run(
            ["nsenter", f"--target={self._host.pid}", "--net", "nft", "-f", "-"],
            input="\n".join(commands), text=True, check=False, capture_output=True, env=_environment_of_root(),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr


class Hosts:
    """Hosts in networks. All are removed at the end of the context, with the programs that still run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: dict[str, Host] = {}
        self._networks: dict[str, Network] = {}
        self._stack = contextlib.ExitStack()

    def add(
        self, name: str, *, networks: Iterable[str] = ("lan",), also: Iterable[str] = (), home: Path | None = None
    ) -> Host:
        """Add a host with an interface in each of these networks. All hosts know its name, and the names `also`.

        The names have the address in the first network; `Host.set_names` changes what a host knows. `home` is a home
        directory that the host shares with others; by default it has its own.
        """
        host = Host(self.folder / name, name, home=home)
        self._stack.callback(host.end)
        for number, network in enumerate(networks):
            if network not in self._networks:
                self._networks[network] = Network(self._switch, network, 1 + len(self._networks))
            host.interfaces.append(self._networks[network].join(host, f"eth{number}"))
        self.all[name] = host
        self._names |= {each: [host.address] for each in (name, *also)}
        for each in self.all.values():
            each.set_names(self._names)
        return host

    def __enter__(self) -> Self:
        self._names: dict[str, list[str]] = {}
        self._switch = _Namespace("sh", "-c", "echo ready; exec cat > /dev/null")
        self._stack.callback(self._switch.end)
        return self

    def __exit__(self, *_: object) -> None:
        for host in self.all.values():
            _end_programs_in(host)
        self._stack.close()


def _end_programs_in(host: Host) -> None:
    """Kill the programs on a host, except the process that holds it."""
    network = Path(f"/proc/{host.pid}/ns/net").readlink()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(process.name) != host.pid and (process / "ns/net").readlink() == network:
                os.kill(int(process.name), 9)


def has_ipv6() -> bool:
    """Whether network interfaces of this machine can have IPv6 addresses."""
    setting = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
    return setting.exists() and setting.read_text().strip() == "0"


def url_of(host: str, port: int, scheme: str = "http") -> str:
    """Return the URL of a server on a host, which is a name or an address."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/torc-service/v1"


def as_user(name: str) -> list[str]:
    """Return the words that, before a command, run it as another user of this machine."""
    return shlex.split(f"setpriv --reuid={name} --regid={name} --init-groups --")


def _environment_of_root() -> dict[str, str]:
    return {"PATH": f"{PROGRAMS}{os.pathsep}{needs.SYSTEM_PATH}", "LANG": "C.UTF-8"}
