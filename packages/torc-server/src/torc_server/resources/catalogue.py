"""The list of all resources: those that a module of this package declares. A new resource needs only a new module."""

import importlib
import pkgutil
from functools import cache

from torc_server import resources
from torc_server.resources.resource import Resource


@cache
def catalogue() -> tuple[Resource, ...]:
    """Return the resources, in the order of their paths."""
    modules = [
        importlib.import_module(f"{resources.__name__}.{found.name}")
        for found in pkgutil.iter_modules(resources.__path__)
    ]
    declared = {each for module in modules for each in vars(module).values() if isinstance(each, Resource)}
    return tuple(sorted(declared, key=lambda each: each.path))
