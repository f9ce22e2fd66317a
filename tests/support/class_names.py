"""Find names that several public classes of a distribution share.

python tests/support/class_names.py            print each shared name, with the modules of its classes
python tests/support/class_names.py --write    write the list of names that are still shared
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
STILL_SHARED = ROOT / "tests/architecture/shared_class_names.txt"


def shared_names() -> dict[str, list[str]]:
    """Map `distribution Name` to the modules that define a public class of this name, where there are several."""
    found: dict[str, list[str]] = defaultdict(list)
    for source in sorted((ROOT / "packages").glob("*/src")):
        for module in sorted(source.rglob("*.py")):
            for node in ast.parse(module.read_text()).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[f"{source.parent.name} {node.name}"].append(module.relative_to(source).as_posix())
    return {name: modules for name, modules in sorted(found.items()) if len(modules) > 1}


def still_shared() -> list[str]:
    """Read the list of names that may still be shared."""
    return STILL_SHARED.read_text().splitlines()


def main(arguments: list[str]) -> int:
    """Print shared names, or write their list."""
    shared = shared_names()
    if arguments == ["--write"]:
        STILL_SHARED.write_text("".join(f"{name}\n" for name in shared))
    sys.stdout.write("".join(f"{name}: {', '.join(modules)}\n" for name, modules in shared.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
