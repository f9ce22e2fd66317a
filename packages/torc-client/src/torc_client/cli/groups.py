"""The groups of resource commands: what the document gives, and the commands of their own."""

import click

from torc_client.cli import vocabulary
from torc_client.cli.jobs import create as create_job
from torc_client.cli.resource_commands import get_command, list_command
from torc_client.cli.user_data import update as update_user_data
from torc_client.cli.vocabulary import Words


def _group(words: Words, *own: click.Command) -> click.Group:
    group = click.Group(words.tag.replace("_", "-"), help=f"{words.plural.capitalize()} of a workflow.")
    for made in (list_command(words), get_command(words), *own):
        group.add_command(made)
    return group


compute_nodes = _group(vocabulary.COMPUTE_NODES)
files = _group(vocabulary.FILES)
jobs = _group(vocabulary.JOBS, create_job)
resource_requirements = _group(vocabulary.RESOURCE_REQUIREMENTS)
results = _group(vocabulary.RESULTS)
user_data = _group(vocabulary.USER_DATA, update_user_data)
