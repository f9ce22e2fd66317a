"""`torc skills ...`: the skill for assistants. No server is contacted."""

from torc_client.cli.framework.lazy import LazyCommand, LazyGroup

_PACKAGE = "torc_client.cli.commands.skills"

skills = LazyGroup(
    name="skills",
    help="Install the skill with which assistants use Torc. No server is contacted.",
    lazy_commands={
        "install": LazyCommand(f"{_PACKAGE}.install:install", "Install or update the skill for assistants"),
        "list": LazyCommand(f"{_PACKAGE}.list:list_skills", "List the skills and whether they are installed"),
    },
)
