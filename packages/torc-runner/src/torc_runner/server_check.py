"""Adapt a runner to its server, before a job is claimed: a server of the original Torc has no leases."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from torc_client.client import TorcClient
from torc_client.plain_contract.capabilities import BATCHES_SINCE, MissingCapabilityError, numbers_of
from torc_runner.connection.lease import DEFAULT_LEASE_SECONDS
from torc_runner.settings import Settings

_BATCHES = "complete several jobs in one call, as servers since 0.35 can"
_NEEDS: Mapping[str, Callable[[Settings], bool]] = MappingProxyType(
    {
        "end the lease of a runner, as --strict-lease requires": lambda settings: settings.strict_lease,
        "keep leases, as --lease-seconds requires": lambda settings: (
            settings.lease_seconds not in {DEFAULT_LEASE_SECONDS, math.inf}
        ),
        "give jobs without labels to a runner with labels, as --also-unlabeled requires": lambda settings: (
            settings.also_unlabeled
        ),
    }
)
"""What a server of the original Torc cannot do, and whether the options of a runner ask for it."""


async def adapted(client: TorcClient, settings: Settings) -> Settings:
    """Return the options of the runner as its server allows them.

    Raises MissingCapabilityError if an option was chosen that the server cannot fulfil, or another TorcError if it does
    not answer. Later requests of the client are for the database that the server has now.
    """
    if client.server is None:
        await client.pin_database()
    if client.server is None or not client.is_plain:
        return settings
    if numbers_of(client.server.api_version) < BATCHES_SINCE:
        raise MissingCapabilityError(client.url, client.server, _BATCHES)
    for what, is_needed in _NEEDS.items():
        if is_needed(settings):
            raise MissingCapabilityError(client.url, client.server, what)
    return replace(settings, lease_seconds=math.inf, claims_ahead=False)
