"""For tests of programs that talk to a Torc server: a server that keeps to the contract and does what it is told."""

from torc_client.testing.fake_server import BREAK_OFF, Accepted, FakeServer, Received, Refusal

__all__ = ["BREAK_OFF", "Accepted", "FakeServer", "Received", "Refusal"]
