"""The version of this distribution; all four have the same version."""

__version__ = "1.0.0.dev0"
