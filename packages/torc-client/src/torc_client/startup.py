"""A flag that the entry points of programs set before they import large modules."""

is_own_cli = False
"""Whether this process is `torc` or `torc-runner`, not a script or a notebook with code of a user."""
