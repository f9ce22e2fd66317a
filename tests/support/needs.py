"""Requirements of a test on the machine: programs, libraries, permissions, abilities of the kernel.

Tests skip through this module only. A test that lacks something is skipped with a reason that includes the remedy; with
CI=true it fails (see `support.skips`), except for the abilities that a CI machine may lack.
"""

import importlib
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

PACKAGES = Path(__file__).parents[2] / "tools" / "debian-packages.txt"
# Daemons and tools of root are outside the PATH of other users.
SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))


@dataclass(frozen=True, slots=True)
class Ability:
    """Something that a machine can do or not. `absence` is the reason why a CI machine may lack it, if it may."""

    remedy: str
    absence: str = ""


ABILITIES = {
    "root": Ability("run the tests as root"),
    "small file systems": Ability("run the tests where root may mount a tmpfs"),
    "mount namespaces": Ability("allow unprivileged user namespaces, or run the tests as root"),
    "certificate authorities": Ability("apt-get install ca-certificates"),
    "the built site": Ability("make site"),
    "IPv6": Ability("enable IPv6 on the loopback interface", "container networks often have IPv4 only"),
    "two CPUs": Ability("run the tests on two or more CPUs", "small virtual machines have one"),
    "a host identity": Ability("provide /etc/machine-id and /proc", "containers often have no machine id"),
    "files that cannot be changed": Ability(
        "run the tests as root, with their temporary directory on ext4 or xfs",
        "chattr +i does not work on overlay and network file systems",
    ),
    "an image with Python": Ability(
        "run the tests as root, and set TORC_TEST_BASE_IMAGE to an image of Debian with Python, or allow to pull one",
        "many machines reach no registry of images",
    ),
    "control groups": Ability(
        "run the tests as root, with control groups of version 2 mounted",
        "containers cannot create control groups",
    ),
    "control groups that limit memory": Ability(
        "run the tests as root, with the memory controller in the root control group",
        "containers cannot create control groups, and small kernels lack the memory controller",
    ),
}


@cache
def _package_of() -> dict[str, str]:
    """Return the Debian package of each program."""
    lines = [line.split(maxsplit=1) for line in PACKAGES.read_text().splitlines() if line and not line.startswith("#")]
    return {program: package for package, rest in lines for program in rest.partition("  ")[0].split()}


def path_of(program: str) -> str | None:
    """Return the path of a program that `tools/debian-packages.txt` names, or None where it is not installed."""
    if program not in _package_of():
        raise LookupError(f"add {program} to {PACKAGES}")
    return shutil.which(program, path=SYSTEM_PATH)


def _reason_for_programs(names: tuple[str, ...]) -> str:
    missing = [name for name in names if path_of(name) is None]
    packages = sorted({_package_of()[name] for name in missing})
    return f"needs {', '.join(missing)}: apt-get install {' '.join(packages)}" if missing else ""


def _reason_for_ability(name: str) -> str:
    return f"needs {name}: {ABILITIES[name].remedy}"


def programs(*names: str) -> pytest.MarkDecorator:
    """Return a mark for tests that run these programs."""
    reason = _reason_for_programs(names)
    return pytest.mark.skipif(bool(reason), reason=reason)


def program(name: str) -> str:
    """Return the path of a program; skip the test where it is not installed."""
    path = path_of(name)
    if path is None:
        pytest.skip(_reason_for_programs((name,)))
    return path


def ability(name: str, *, is_there: bool) -> pytest.MarkDecorator:
    """Return a mark for tests that need one of ABILITIES."""
    return pytest.mark.skipif(not is_there, reason=_reason_for_ability(name))


def root() -> pytest.MarkDecorator:
    """Return a mark for tests that only root can run."""
    return ability("root", is_there=os.geteuid() == 0)


def skip_without(name: str) -> NoReturn:
    """Skip the test because the machine lacks one of ABILITIES."""
    pytest.skip(_reason_for_ability(name))


def library(name: str) -> Any:
    """Return an optional Python module; skip the test, or the module of tests, where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        pytest.skip(f"needs the Python module {name}: make install", allow_module_level=True)


def may_be_absent(reason: str) -> bool:
    """Whether a CI machine may lack what a test was skipped for."""
    return any(reason == _reason_for_ability(name) for name, each in ABILITIES.items() if each.absence)
