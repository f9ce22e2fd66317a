"""Write the locks: the version and hashes of each package that make, tox and CI install.

`make lock` runs this script. `make test-newest` and `make test-oldest` run it with another resolution and another
directory, so that the locks stay unchanged.
"""

import argparse
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "tools" / "locks"
OLDEST_PYTHON = "3.11"
OURS = ("torc-client", "torc-server", "torc-runner", "torc-dash")
HEADER = "# Written by `make lock` from the pyproject.toml files; see CONTRIBUTING.md. Do not edit.\n"


CLIENT = "torc-client[functions,mcp,pandas,plots,polars,tui]"
SERVER = "torc-server[profile]"
RUNNER = "torc-runner[nvidia]"
DASH = "torc-dash"


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of one lock: dependency groups of the root pyproject.toml, and what our distributions require."""

    groups: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    follows: str = ""
    """The lock whose versions this one repeats."""


# In an order in which each lock comes after the one that it follows.
CONTENTS = {
    "develop": Lock(("build", "alone", "develop"), (CLIENT, SERVER, RUNNER, DASH)),
    "build": Lock(("build",), follows="develop"),
    "run": Lock(("build",), OURS, follows="develop"),
    "test-client": Lock(("alone",), (CLIENT,), follows="develop"),
    "test-server": Lock(("alone",), (SERVER,), follows="develop"),
    "test-runner": Lock(("alone",), ("torc-client[plots]", RUNNER), follows="develop"),
    "test-dash": Lock(("alone",), ("torc-client", DASH), follows="develop"),
    "site": Lock(("site",)),
    "published": Lock(("published",)),
}


def write(name: str, directory: Path, arguments: list[str]) -> None:
    """Write one lock into `directory`. Raises CalledProcessError if no set of versions fits."""
    lock = CONTENTS[name]
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--generate-hashes"]
    command += ["--output-file", str(directory / f"{name}.txt")]
    for group in lock.groups:
        command += ["--group", f"pyproject.toml:{group}"]
    # The older generation's client is called torc-client too. It is not left out of its lock.
    for distribution in OURS if lock.distributions else ():
        command += ["--no-emit-package", distribution]
    if lock.follows:
        command += ["--constraints", str(directory / f"{lock.follows}.txt")]
    requirements = "".join(f"./packages/{each}\n" for each in lock.distributions)
    if requirements:
        command.append("-")
    subprocess.run([*command, *arguments], cwd=ROOT, input=requirements, text=True, check=True)
    written = directory / f"{name}.txt"
    written.write_text(HEADER + written.read_text())
    print(written)


def main() -> None:
    """Write all locks again, or one with another resolution into another directory."""
    parser = argparse.ArgumentParser(description="Write the locks: the newest versions that are allowed, with hashes.")
    parser.add_argument("--keep", action="store_true", help="change only what the pyproject.toml files no longer allow")
    parser.add_argument("--only", choices=CONTENTS, help="write this one")
    parser.add_argument("--directory", type=Path, default=LOCKS, help="where to write them")
    parser.add_argument(
        "--resolution", choices=["highest", "lowest-direct"], default="highest", help="which of the allowed versions"
    )
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    arguments = ["--universal", "--python-version", OLDEST_PYTHON, "--resolution", options.resolution]
    for name in [options.only] if options.only else CONTENTS:
        write(name, options.directory.resolve(), [*arguments, *([] if options.keep else ["--upgrade"])])


if __name__ == "__main__":
    main()
