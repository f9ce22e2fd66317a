"""The outages: what happens to the server, or to packets between it and the host far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from outages.scene import Scene


def _mend(scene: Scene) -> None:
    for host in (scene.server_host, scene.far):
        host.firewall.open()
    scene.far.mend()


@dataclass(frozen=True)
class Outage:
    """A way to keep the programs on the host far from the server."""

    title: str
    start: Callable[[Scene], None]
    end: Callable[[Scene], object] = _mend


def _lose(scene: Scene) -> None:
    scene.server_host.firewall.lose(20, sender=scene.far)
    scene.far.firewall.lose(20, sender=scene.server_host)


OUTAGES: Mapping[str, Outage] = MappingProxyType(
    {
        "drop": Outage(
            "the firewall of the server drops the packets of the client",
            lambda scene: scene.server_host.firewall.drop(sender=scene.far),
        ),
        "reset": Outage(
            "the firewall of the server rejects packets with TCP resets",
            lambda scene: scene.server_host.firewall.reject(sender=scene.far),
        ),
        "reject": Outage(
            "the firewall of the server rejects packets with ICMP messages",
            lambda scene: scene.server_host.firewall.reject(sender=scene.far, how="with icmpx type admin-prohibited"),
        ),
        "loss": Outage("20 % of the packets are lost in each direction", _lose),
        "one way": Outage(
            "no packet of the server arrives at the client",
            lambda scene: scene.far.firewall.drop(sender=scene.server_host),
        ),
        "no data": Outage(
            "connections open, and no data of the server arrives at the client",
            lambda scene: scene.far.firewall.drop_data(sender=scene.server_host),
        ),
        "both ways": Outage("no packet arrives", lambda scene: scene.far.cut()),
        "kill -9": Outage(
            "the server is killed, and started again with its database",
            lambda scene: scene.server.kill(),
            lambda scene: scene.server.start(),
        ),
    }
)
