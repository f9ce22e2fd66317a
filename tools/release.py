"""Write one version into the four distributions and into the bounds between them, and assemble the changelog.

    python tools/release.py 1.2.0

The tag is set by hand after the tests passed: `git tag v1.2.0`.
"""

import argparse
import datetime as dt
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DISTRIBUTIONS = ("torc-client", "torc-server", "torc-runner", "torc-dash")
VERSION = re.compile(r"(\d+)\.\d+\.\d+(?:(?:a|b|rc)\d+)?(?:\.dev\d+)?")
# The headings of the changelog, in order, by the kind in a fragment's name: 17.feature.md.
KINDS = {"feature": "New", "change": "Changed", "fix": "Fixed", "docs": "Documentation"}
# In CHANGELOG.md: a new release goes below this line.
MARK = "<!-- releases, the newest first -->"


def main() -> int:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="for example 1.2.0, 1.2.0rc1 or 1.3.0.dev0")
    version = parser.parse_args().version
    if not VERSION.fullmatch(version):
        parser.error(f"{version!r} is not a version like 1.2.0, 1.2.0rc1 or 1.3.0.dev0")
    for name in DISTRIBUTIONS:
        set_version(ROOT / "packages" / name, version)
    if ".dev" not in version:
        assemble_changelog(ROOT, version, dt.datetime.now(dt.UTC).date())
    print(f"Version {version} is written. Look at `git diff`, run `make test`, commit, then: git tag v{version}")
    return 0


def set_version(package: Path, version: str) -> None:
    """Write the version of one distribution and its bounds on the others."""
    module = package / "src" / package.name.replace("-", "_") / "version.py"
    replace(module, r'__version__ = "[^"]+"', f'__version__ = "{version}"')
    match = VERSION.fullmatch(version)
    next_major = int(match[1]) + 1 if match else 1
    siblings = "|".join(DISTRIBUTIONS)
    replace(package / "pyproject.toml", rf'"({siblings})>=[^"]+"', rf'"\1>={version},<{next_major}"')


def replace(path: Path, pattern: str, by: str) -> None:
    """Replace a pattern in a file."""
    path.write_text(re.sub(pattern, lambda found: found.expand(by) if "\\1" in by else by, path.read_text()))


def assemble_changelog(root: Path, version: str, day: dt.date) -> None:
    """Move the fragments of changes.d into a section of the changelog and delete them."""
    fragments = sorted((root / "changes.d").glob("*.*.md"), key=lambda path: int(path.name.split(".")[0]))
    sections = []
    for kind, heading in KINDS.items():
        of_kind = [path for path in fragments if path.name.split(".")[-2] == kind]
        items = [as_item(line) for path in of_kind for line in path.read_text().strip().splitlines()]
        if items:
            sections.append(f"### {heading}\n\n" + "\n".join(items))
    section = "\n\n".join([f"## {version} ({day.isoformat()})", *sections])
    replace(root / "CHANGELOG.md", re.escape(MARK), f"{MARK}\n\n{section}")
    for path in fragments:
        path.unlink()


def as_item(line: str) -> str:
    """Turn a line into a list item, unless it is one or continues one."""
    return line if line.startswith(("- ", "  ")) else f"- {line}"


if __name__ == "__main__":
    sys.exit(main())
