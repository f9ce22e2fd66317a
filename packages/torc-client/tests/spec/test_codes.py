"""The codes of spec problems: each has an example that has exactly this problem."""

import re
from pathlib import Path

import pytest

from torc_client import spec
from torc_client.spec import SpecError, load
from torc_client.spec.code_examples import EXAMPLES
from torc_client.spec.codes import Code


def test_every_code_has_an_example():
    assert list(EXAMPLES) == list(Code)


def test_numbers_are_unique_and_in_order():
    numbers = [code.number for code in Code]
    assert numbers == sorted(set(numbers))
    assert all(re.fullmatch(r"SPEC\d{3}", number) for number in numbers)


@pytest.mark.parametrize("code", Code, ids=lambda code: code.title)
def test_the_example_of_a_code_has_exactly_this_problem(tmp_path, monkeypatch, code):
    monkeypatch.chdir(tmp_path)
    example = EXAMPLES[code]
    if example.text is not None:
        Path(example.file).write_text(example.text, encoding=example.encoding)
    if example.table:
        Path("table.csv").write_text(example.table)
    try:
        found = load(example.file).warnings
    except SpecError as error:
        found = error.problems
    assert [problem.code for problem in found] == [code], [str(problem) for problem in found]


def test_every_code_is_used_and_no_other_is_written():
    folder = Path(spec.__file__).parent
    modules = [path for path in folder.glob("*.py") if path.name not in {"codes.py", "code_examples.py"}]
    text = "\n".join(path.read_text() for path in modules)
    assert set(re.findall(r"\bCode\.([A-Z_]+)\b", text)) == {code.name for code in Code}
    assert "SPEC0" not in re.sub(r'""".*?"""', "", text, flags=re.DOTALL), "write `Code.NAME`, not the number"
