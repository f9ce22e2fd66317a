"""Examples by name, in all formats of specs."""

from pathlib import Path

import pytest

from torc_client import spec
from torc_client.documents.examples import ExampleFolder
from torc_client.errors import TorcError
from torc_client.spec.formats import Format


@pytest.mark.parametrize("format", list(Format))
def test_an_example_has_all_formats(tmp_path: Path, format: Format):
    path = tmp_path / f"example.{format.value}"
    path.write_text(ExampleFolder().example("word_count").text(format))
    assert len(spec.load(str(path)).jobs) == 11


def test_an_example_keeps_its_comments_in_its_own_format():
    example = ExampleFolder().example("sweep")
    assert example.text(Format.YAML) == example.text() == example.path.read_text()


def test_an_example_names_the_files_that_its_spec_needs():
    example = ExampleFolder().example("word_count.yaml")
    assert {"count.py", "split.py", "text.txt"} <= set(example.other_files)
    assert example.title == "Word count"


def test_files_that_python_makes_are_left_out(tmp_path: Path):
    (tmp_path / "one/__pycache__").mkdir(parents=True)
    (tmp_path / "one/one.yaml").write_text("name: one\njobs: [{name: a, command: 'true'}]\n")
    (tmp_path / "one/__pycache__/count.pyc").write_bytes(b"\0")
    (tmp_path / "one/count.py").write_text("")
    assert ExampleFolder(tmp_path).example("one").other_files == ("count.py",)


def test_a_script_is_an_example_without_formats():
    example = ExampleFolder().example("five_lines")
    assert not example.is_spec
    with pytest.raises(TorcError, match="script"):
        example.text(Format.JSON)


def test_an_unknown_example_has_a_suggestion():
    with pytest.raises(TorcError) as raised:
        ExampleFolder().example("word_cuont")
    assert "word_count" in str(raised.value.hint)


def test_another_folder(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/one.yaml").write_text("name: one\njobs: [{name: a, command: 'true'}]\n")
    assert list(ExampleFolder(tmp_path).examples) == ["one"]
    with pytest.raises(TorcError, match="nowhere"):
        _ = ExampleFolder(tmp_path / "nowhere").examples
