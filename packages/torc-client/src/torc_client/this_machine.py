"""The network identity and the addresses of this machine, as the kernel reports them in /proc."""

import ipaddress
import os
import re
from contextlib import suppress
from pathlib import Path

_LOCAL_IPV4 = re.compile(r"\|-- ([0-9.]+)\n +/32 host LOCAL")
_LINK_LOCAL_SCOPE = "20"


def machine_identity() -> str:
    """Return a text that is the same for all programs with the loopback interface of this machine."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/net')}"  # noqa: PTH115 - the text, not a path
    return ""


def own_addresses() -> list[str]:
    """Return the addresses of the network interfaces, IPv4 first, without loopback and link-local ones."""
    found: dict[str, None] = {}
    with suppress(OSError):
        found |= dict.fromkeys(_LOCAL_IPV4.findall(Path("/proc/net/fib_trie").read_text(encoding="ascii")))
    with suppress(OSError):
        for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines():
            packed, _, _, scope, *_ = line.split()
            if scope != _LINK_LOCAL_SCOPE:
                found[str(ipaddress.IPv6Address(bytes.fromhex(packed)))] = None
    return [address for address in found if not ipaddress.ip_address(address).is_loopback]
