"""`torc config`: settings files."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.config"

config = LazyGroup(
    name="config",
    help="Show, check and create settings files.",
    lazy_commands={
        "init": LazyCommand(f"{_PACKAGE}.init:init", "Create a settings file"),
        "paths": LazyCommand(f"{_PACKAGE}.paths:paths", "List the paths of settings files"),
        "show": LazyCommand(f"{_PACKAGE}.show:show_settings", "Show all settings and their sources"),
        "validate": LazyCommand(f"{_PACKAGE}.validate:validate", "Check settings files"),
    },
)
