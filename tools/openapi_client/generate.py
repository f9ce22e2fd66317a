"""Generate the client's `openapi.json`, `defaults.py` and `api/`, and the type stubs of the package `torc`.

python tools/openapi_client/generate.py           write the files
python tools/openapi_client/generate.py --check   write nothing; exit 1 and name the files that are stale
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import write
from read import read

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages/torc-client/src/torc_client"


def server_document() -> dict[str, Any]:
    """Return the document that the server answers at /openapi.json."""
    from torc_server.api.document import build  # noqa: PLC0415 - with --document the server need not be installed

    return build()


def server_defaults() -> list[write.Constant]:
    """Return the constants of `defaults.py`. The document does not have them all, so the server is needed."""
    from torc_server.api.defaults import SHARED_DEFAULTS  # noqa: PLC0415 - as above

    return [write.Constant(each.name, each.value, each.description) for each in SHARED_DEFAULTS]


def files(document: dict[str, Any], constants: Sequence[write.Constant] = ()) -> dict[str, str]:
    """Return every generated file, by its path inside the package. `defaults.py` is left out without constants."""
    found = read(document)
    texts = {
        "__init__.py": write.package(found),
        "enums.py": write.enums(found),
        "records.py": write.records(found),
        "blocking.pyi": write.blocking(found),
        **{f"{subject.name}.py": write.subject(subject, found) for subject in found.subjects},
    }
    return {
        "openapi.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        **({"defaults.py": _tidy("defaults.py", write.defaults(constants))} if constants else {}),
        **{f"api/{name}": _tidy(name, text) for name, text in texts.items()},
    }


def _tidy(name: str, text: str) -> str:
    """Remove unused imports, sort and format, as ruff does."""
    for command in (["check", "--isolated", "--fix", "--quiet", "--select", "F401,I001", "--exit-zero"], ["format"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--line-length", "120", "--stdin-filename", name, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout
    return text


def stale(wanted: dict[str, str], package: Path) -> list[str]:
    """Return the names of files that differ, are missing or superfluous."""
    paths = [*(package / name for name in wanted), *(package / "api").glob("*.py*")]
    there = {str(path.relative_to(package)): path.read_text(encoding="utf-8") for path in paths if path.is_file()}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _stubs(*options: str) -> int:
    """Run `tools/torc_stubs.py`, which reads the document that was written, and return its exit code."""
    return subprocess.run([sys.executable, ROOT / "tools/torc_stubs.py", *options], check=False).returncode


def main(arguments: list[str] | None = None) -> int:
    """Generate or check; the exit code."""
    parser = argparse.ArgumentParser(description="Generate the operations and records of torc-client.")
    parser.add_argument("--check", action="store_true", help="only say what is stale; exit 1 when something is")
    parser.add_argument(
        "--document", type=Path, help="an OpenAPI document in place of the server's; defaults.py is left alone"
    )
    parser.add_argument("--package", type=Path, default=PACKAGE, help="the folder of the generated files")
    options = parser.parse_args(arguments)
    document = json.loads(options.document.read_text(encoding="utf-8")) if options.document else server_document()
    wanted = files(document, () if options.document else server_defaults())
    different = stale(wanted, options.package)
    is_packaged = options.package == PACKAGE and options.document is None
    if options.check:
        if different:
            print(f"stale in {options.package}: {', '.join(different)}; run `make openapi`", file=sys.stderr)
        return 1 if different or (is_packaged and _stubs("--check")) else 0
    (options.package / "api").mkdir(parents=True, exist_ok=True)
    for name in different:
        if name in wanted:
            (options.package / name).write_text(wanted[name], encoding="utf-8")
        else:
            (options.package / name).unlink()
    return _stubs() if is_packaged else 0


if __name__ == "__main__":
    sys.exit(main())
