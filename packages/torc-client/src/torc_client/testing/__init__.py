"""For tests of programs that use a Torc server: a fake server that checks the contract and answers from a script."""

from torc_client.testing.fake_server import BREAK_OFF, Accepted, EventSource, FakeServer, Received, Refusal
from torc_client.testing.swallowing_proxy import SwallowingProxy

__all__ = ["BREAK_OFF", "Accepted", "EventSource", "FakeServer", "Received", "Refusal", "SwallowingProxy"]
