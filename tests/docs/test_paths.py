"""Every Python file, folder and module that a page names exists.

A page names a file as `path/name.py` and a folder as `path/name/` in backticks, relative to the page, the repository, a
`src` folder or the package in it; a module as `torc_server.store.writer`; a folder of the repository also as
`tests/docs`. `<name>` in a path stands for any name. A page can define a short form: `S/` is `packages/torc-server/`. A
path that does not exist on purpose is marked in the page by the comment `<!-- example: path/name.py -->`.
"""

import re
from pathlib import Path

import pytest

from support.pages import ROOT, pages, prose

NAMED = re.compile(
    r"`("
    r"[\w.<>-]+(?:/[\w.<>-]+)*/[\w<>-]+\.py"  # a file
    r"|\w[\w<>-]*(?:/[\w.<>-]+)*/"  # a folder
    r"|(?:packages|tests|tools|docs|examples|benchmarks)(?:/[\w-]+)+"  # a folder of the repository
    r"|torc_(?:server|client|runner|dash)(?:\.[a-z_]+)+"  # a module
    r")`"
)
# Folders that programs write.
WRITTEN = ("torc_output/", "site/")
SHORT_FORM = re.compile(r"`([A-Z]/)` is\s+`([\w./-]+/)`")
EXAMPLE = re.compile(r"<!-- example: (\S+) -->")
BASES = [ROOT, *ROOT.glob("packages/*"), *ROOT.glob("packages/*/src"), *ROOT.glob("packages/*/src/*")]
# Its entries describe past releases, so their files may be gone.
HISTORY = {ROOT / "CHANGELOG.md"}


def stale_paths(text: str, folder: Path = ROOT) -> list[str]:
    """Return the paths in the text of a page in `folder` that exist nowhere and are not marked as examples."""
    short_forms = dict(SHORT_FORM.findall(text))
    patterns = {
        path: re.sub(r"<\w+>", "*", short_forms.get(path[:2], path[:2]) + path[2:]) for path in NAMED.findall(text)
    }
    examples = set(EXAMPLE.findall(text))
    return [
        path
        for path, pattern in patterns.items()
        if path not in examples and not path.startswith(WRITTEN) and not exists(pattern, folder)
    ]


def exists(pattern: str, folder: Path) -> bool:
    """Whether a path, or a module or a name in it, exists."""
    if "/" in pattern:
        return any(any(base.glob(pattern.rstrip("/"))) for base in (folder, *BASES))
    *parents, last = pattern.split(".")
    package, module = "/".join(parents), "/".join([*parents, last])
    return exists(f"{module}.py", folder) or exists(f"{module}/__init__.py", folder) or has_name(package, last)


def has_name(module: str, name: str) -> bool:
    """Whether a module or the `__init__` of a package contains a name."""
    files = [path for base in BASES for path in (base / f"{module}.py", base / module / "__init__.py")]
    return any(re.search(rf"\b{name}\b", path.read_text()) for path in files if path.exists())


@pytest.mark.parametrize(
    "page", [page for page in pages() if page not in HISTORY], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_named_files_exist(page: Path):
    assert stale_paths(prose(page), page.parent) == []


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        pytest.param("`tools/openapi_client/write.py`", [], id="from-the-repository"),
        pytest.param("`torc_server/store/writer.py` and `store/writer.py`", [], id="from-a-package"),
        pytest.param("`resources/<record>.py`", [], id="placeholder"),
        pytest.param("`store/migrations/`", [], id="folder"),
        pytest.param("`tests/docs`", [], id="folder-of-the-repository"),
        pytest.param("`torc_server.store.writer` and `torc_server.store`", [], id="module"),
        pytest.param(
            "`torc_client.id_of` and `torc_client.answers.id_of`", ["torc_client.id_of"], id="name-in-a-module"
        ),
        pytest.param("`store/migration/`", ["store/migration/"], id="no-such-folder"),
        pytest.param("`tests/doc`", ["tests/doc"], id="no-such-folder-of-the-repository"),
        pytest.param("`torc_server.store.writers`", ["torc_server.store.writers"], id="no-such-module"),
        pytest.param("`spec/validate.py`", ["spec/validate.py"], id="no-such-file"),
        pytest.param("`resource/<record>.py`", ["resource/<record>.py"], id="file-in-no-such-folder"),
        pytest.param("`spec/validate.py` <!-- example: spec/validate.py -->", [], id="marked-as-example"),
        pytest.param(
            "`P/` is `packages/torc-dash/`. `P/src/torc_dash/app.py` `P/none.py`", ["P/none.py"], id="short-form"
        ),
        pytest.param("`validate.py`", [], id="name-without-a-folder"),
    ],
)
def test_paths_are_resolved(text: str, stale: list[str]):
    assert stale_paths(text) == stale
