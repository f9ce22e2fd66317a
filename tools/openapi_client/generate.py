"""Write `torc_client/api/` from `torc_client/openapi.json`.

python tools/openapi_client/generate.py           write the files
python tools/openapi_client/generate.py --check   write nothing; exit 1 and name the files that are stale
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import write
from read import read

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages/torc-client/src/torc_client"


def files(document_path: Path) -> dict[str, str]:
    """Return the whole content of `api/`, by file name, formatted."""
    document = read(json.loads(document_path.read_text(encoding="utf-8")))
    texts = {
        "__init__.py": write.package(document),
        "enums.py": write.enums(document),
        "records.py": write.records(document),
        "blocking.pyi": write.blocking(document),
        **{f"{subject.name}.py": write.subject(subject, document) for subject in document.subjects},
    }
    return {name: _tidy(name, text) for name, text in texts.items()}


def _tidy(name: str, text: str) -> str:
    """Without unused imports, in order, formatted: what ruff would leave alone."""
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


def stale(wanted: dict[str, str], folder: Path) -> list[str]:
    """Return the names of files that differ, are missing, or should not be there."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py*") if path.is_file()}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def main(arguments: list[str] | None = None) -> int:
    """Generate or check; the exit code."""
    parser = argparse.ArgumentParser(description="Generate the operations and records of torc-client.")
    parser.add_argument("--check", action="store_true", help="only say what is stale; exit 1 when something is")
    parser.add_argument("--document", type=Path, default=PACKAGE / "openapi.json", help="the OpenAPI document")
    parser.add_argument("--into", type=Path, default=PACKAGE / "api", help="the folder of the generated files")
    options = parser.parse_args(arguments)
    wanted = files(options.document)
    different = stale(wanted, options.into)
    if options.check:
        if different:
            print(f"stale in {options.into}: {', '.join(different)}; run `make openapi`", file=sys.stderr)
        return 1 if different else 0
    options.into.mkdir(parents=True, exist_ok=True)
    for name in different:
        if name in wanted:
            (options.into / name).write_text(wanted[name], encoding="utf-8")
        else:
            (options.into / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
