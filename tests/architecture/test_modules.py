"""Gates 7 and 8: short modules with meaningful names, and few modules that print."""

import ast
from pathlib import Path

LONGEST_MODULE_LINES = 400
GENERATED = ("torc_client/api/",)
# Names without meaning: a module is named after a noun of the domain.
EMPTY_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "base", "manager"}
# Scripts of users import these modules by their names.
KNOWN_TO_SCRIPTS = {"torc/common.py"}

# Modules that may print or exit.
SPEAKING_ROOMS = (
    "torc_client/cli/framework/output/",
    "torc_client/cli/framework/failures.py",
    "torc_client/edge/standard_streams.py",
    "torc_client/mcp/command.py",
    "torc_server/edge/standard_streams.py",
    "torc_server/cli/",
    "torc_server/lifecycle.py",
    "torc_runner/cli/",
    "torc_runner/console/results.py",
    "torc_runner/programs.py",
    "torc_dash/cli.py",
)
SPEAKING_CALLS = {
    "print",
    "sys.exit",
    "exit",
    "quit",
    "os._exit",
    "click.echo",
    "click.secho",
    "click.prompt",
    "click.confirm",
}


def called_name(call: ast.Call) -> str:
    """Return the called name with its module, as written: `print`, `sys.exit`, `click.echo`."""
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        return f"{call.func.value.id}.{call.func.attr}"
    return call.func.id if isinstance(call.func, ast.Name) else ""


def inside(module: Path) -> str:
    """Return the path of a module from its import name on."""
    return module.as_posix().partition("/src/")[2]


def test_no_module_is_long(modules: list[Path]):
    long = {
        inside(module): lines
        for module in modules
        if not inside(module).startswith(GENERATED)
        and (lines := len(module.read_text().splitlines())) > LONGEST_MODULE_LINES
    }
    assert not long, (
        f"longer than {LONGEST_MODULE_LINES} lines; move one subject of each to a module of its own: {long}"
    )


def test_tools_and_tests_are_not_long_either(root: Path):
    folders = [root / "tools", root / "tests", root / "benchmarks", *(root / "packages").glob("*/tests")]
    long = {
        module.relative_to(root).as_posix(): lines
        for folder in folders
        for module in folder.rglob("*.py")
        if (lines := len(module.read_text().splitlines())) > LONGEST_MODULE_LINES
    }
    assert not long, (
        f"longer than {LONGEST_MODULE_LINES} lines; move one subject of each to a module of its own: {long}"
    )


def test_no_module_has_a_meaningless_name(modules: list[Path]):
    names = {inside(module): {module.stem, module.parent.name} for module in modules}
    empty = [path for path, parts in names.items() if parts & EMPTY_NAMES and path not in KNOWN_TO_SCRIPTS]
    assert not empty, f"these names say nothing about the domain: {empty}"


def test_only_listed_modules_print_or_exit(modules: list[Path]):
    offenders = [
        f"{inside(module)}:{node.lineno}: {called_name(node)}"
        for module in modules
        if not inside(module).startswith(SPEAKING_ROOMS)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and called_name(node) in SPEAKING_CALLS
    ]
    assert not offenders, f"return a value or raise an error instead: {offenders}"


def test_each_module_has_a_docstring(modules: list[Path]):
    silent = [
        inside(module)
        for module in modules
        if (tree := ast.parse(module.read_text())).body and ast.get_docstring(tree) is None
    ]
    assert not silent, f"modules without a docstring: {silent}"
