"""The version of this distribution; all four carry the same one."""

__version__ = "1.0.0.dev0"
