"""Every Python file that a page names exists.

A page names a file as `path/name.py` in backticks, relative to the repository, a `src` folder or the package in it.
`<name>` in a path stands for any name. A page can define a short form: `S/` is `packages/torc-server/`. A file that
does not exist on purpose is marked in the page by the comment `<!-- example: path/name.py -->`.
"""

import re
from pathlib import Path

import pytest

from support.pages import ROOT, pages, prose

NAMED = re.compile(r"`([\w.<>-]+(?:/[\w.<>-]+)*/[\w<>-]+\.py)`")
SHORT_FORM = re.compile(r"`([A-Z]/)` is\s+`([\w./-]+/)`")
EXAMPLE = re.compile(r"<!-- example: (\S+) -->")
BASES = [ROOT, *ROOT.glob("packages/*"), *ROOT.glob("packages/*/src"), *ROOT.glob("packages/*/src/*")]
# Its entries describe past releases, so their files may be gone.
HISTORY = {ROOT / "CHANGELOG.md"}


def stale_paths(text: str) -> list[str]:
    """Return the paths in `text` that exist nowhere and are not marked as examples."""
    short_forms = dict(SHORT_FORM.findall(text))
    patterns = {
        path: re.sub(r"<\w+>", "*", short_forms.get(path[:2], path[:2]) + path[2:]) for path in NAMED.findall(text)
    }
    examples = set(EXAMPLE.findall(text))
    return [
        path
        for path, pattern in patterns.items()
        if path not in examples and not any(any(base.glob(pattern)) for base in BASES)
    ]


@pytest.mark.parametrize(
    "page", [page for page in pages() if page not in HISTORY], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_named_files_exist(page: Path):
    assert stale_paths(prose(page)) == []


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        pytest.param("`tools/openapi_client/write.py`", [], id="from-the-repository"),
        pytest.param("`torc_server/store/writer.py` and `store/writer.py`", [], id="from-a-package"),
        pytest.param("`resources/<record>.py`", [], id="placeholder"),
        pytest.param("`spec/validate.py`", ["spec/validate.py"], id="no-such-file"),
        pytest.param("`resource/<record>.py`", ["resource/<record>.py"], id="no-such-folder"),
        pytest.param("`spec/validate.py` <!-- example: spec/validate.py -->", [], id="marked-as-example"),
        pytest.param(
            "`P/` is `packages/torc-dash/`. `P/src/torc_dash/app.py` `P/none.py`", ["P/none.py"], id="short-form"
        ),
        pytest.param("`validate.py`", [], id="name-without-a-folder"),
    ],
)
def test_paths_are_resolved(text: str, stale: list[str]):
    assert stale_paths(text) == stale
