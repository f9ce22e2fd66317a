"""The wording of the problems of specs: every message of the examples and the cases, in one file.

`TORC_WRITE_GOLDEN=1 pytest packages/torc-client/tests/spec/test_wording.py` writes it again; read the difference.
Other tests assert the code and the place.
"""

from pathlib import Path

from spec_case import Case
from spec_cases import CASES
from spec_problems_found import problems_of
from support.golden import assert_golden
from torc_client.spec.code_examples import EXAMPLES

GOLDEN = Path(__file__).with_name("golden") / "problems.txt"


def test_the_wording_of_all_problems(tmp_path, monkeypatch):
    examples = [
        Case(f"{code} {code.title}", text.encode(example.encoding) if (text := example.text) is not None else None, [],
             example.file, {"table.csv": example.table} if example.table else {})
        for code, example in EXAMPLES.items()
    ]  # fmt: skip
    parts = []
    for number, case in enumerate([*examples, *CASES]):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        lines = [each.line.replace(str(folder), "FOLDER") for each in problems_of(case)]
        parts.append("\n".join([f"# {case.name}", *lines, ""]))
    assert_golden(GOLDEN, "\n".join(parts))
