"""Gates 12 and 14: one version, bounded versions of siblings, one licence, and one place for settings."""

import re
import tomllib
from pathlib import Path

SIBLING = re.compile(r"^(torc-(?:client|server|runner|dash))\b(.*)$")


def project(package: Path) -> dict[str, object]:
    document = tomllib.loads((package / "pyproject.toml").read_text())
    return dict(document["project"])


def version(package: Path) -> str:
    module = package / "src" / package.name.replace("-", "_") / "version.py"
    found = re.search(r'^__version__ = "([^"]+)"$', module.read_text(), re.MULTILINE)
    assert found, f"{module} has no __version__ line"
    return found[1]


def test_the_four_distributions_have_one_version(packages: list[Path]):
    assert len({version(package) for package in packages}) == 1


def test_dependencies_on_siblings_have_bounds(packages: list[Path]):
    for package in packages:
        current = version(package)
        major = int(current.split(".")[0])
        requirements = project(package)["dependencies"]
        assert isinstance(requirements, list)
        for requirement in requirements:
            if sibling := SIBLING.match(requirement):
                assert sibling[2] == f">={current},<{major + 1}", f"{package.name}: {requirement}; run tools/release.py"


def test_each_distribution_carries_the_licence(root: Path, packages: list[Path]):
    licence = (root / "LICENSE").read_text()
    assert licence.startswith("BSD 3-Clause")
    for package in packages:
        assert (package / "LICENSE").read_text() == licence


def test_pytest_settings_are_in_one_place(packages: list[Path]):
    for package in packages:
        assert "pytest" not in tomllib.loads((package / "pyproject.toml").read_text()).get("tool", {})
        assert not any((package / name).exists() for name in ("tox.ini", "pytest.ini", "setup.cfg"))


def test_test_folders_are_no_packages(root: Path):
    inits = [*(root / "tests").rglob("__init__.py"), *(root / "packages").glob("*/tests/**/__init__.py")]
    assert not inits, "pytest runs with --import-mode=importlib; test folders are no packages"
