"""The Torc workflow server."""

from torc_server.version import __version__

__all__ = ["__version__"]
