"""Gates 9 and 10: a public class name has one meaning in a distribution, and prose is plain English.

Both have a list of exceptions that only shrinks: an entry that is no longer needed fails the test, and
`--write` removes it.
"""

from pathlib import Path

import pytest

from support import class_names, plain_english

WRITE_NAMES = "Run: python tests/support/class_names.py --write"
WRITE_FILES = "Run: python tests/support/plain_english.py --write"


@pytest.fixture(scope="module")
def found() -> dict[str, list[plain_english.Finding]]:
    """Return the banned phrases of each file that has any."""
    files = {plain_english.named(path): plain_english.findings(path) for path in plain_english.checked_files()}
    return {name: findings for name, findings in files.items() if findings}


def test_a_public_class_name_occurs_once_in_a_distribution():
    shared = class_names.shared_names()
    new = {name: modules for name, modules in shared.items() if name not in class_names.still_shared()}
    assert not new, f"rename one of the classes, see docs/explanation/glossary.md: {new}"


def test_the_list_of_shared_class_names_shrinks():
    unneeded = [name for name in class_names.still_shared() if name not in class_names.shared_names()]
    assert not unneeded, f"these names are unique now: {unneeded}. {WRITE_NAMES}"


def test_prose_is_plain_english(found: dict[str, list[plain_english.Finding]]):
    listed = plain_english.not_yet_plain()
    new = [str(finding) for name, findings in found.items() if name not in listed for finding in findings]
    assert not new, "see docs/contributing/style.md:\n" + "\n".join(new)


def test_the_list_of_files_that_are_not_yet_plain_shrinks(found: dict[str, list[plain_english.Finding]]):
    unneeded = [name for name in plain_english.not_yet_plain() if name not in found]
    assert not unneeded, f"these files are plain now: {unneeded}. {WRITE_FILES}"


PYTHON = '''"""Tell whoever asks."""
# A comment that
# is no help.
QUERY = """
SELECT 1 -- told
"""
NAME = "told"
print(f"nobody {NAME} `told` is here", "There is no such thing")
'''


def found_in(tmp_path: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    monkeypatch.setattr(plain_english, "ROOT", tmp_path)
    path = tmp_path / name
    path.write_text(text)
    return [(finding.line, finding.phrase) for finding in plain_english.findings(path)]


def test_docstrings_comments_and_messages_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert found_in(tmp_path, "a.py", PYTHON, monkeypatch) == [
        *((1, "Tell"), (1, "whoever"), (3, "is no"), (8, "nobody")),
    ]


def test_pages_are_read_without_their_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = "A [door](told.md) `told`.\n\n```text\ntold\n```\n\nIt is\nno door.\n"
    assert found_in(tmp_path, "a.md", page, monkeypatch) == [(1, "door"), (7, "is no"), (8, "door")]


def test_a_banned_phrase_has_advice():
    assert all(phrase.advice for phrase in plain_english.phrases())
