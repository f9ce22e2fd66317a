"""What a run leaves behind, and what the report makes of it."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from benchmarks.machine import describe, file_system, sentence
from benchmarks.measure import Round, Row, Workload, at_least
from benchmarks.record import RunRecord, WorkloadRecord, merged, read, workload_record, write
from benchmarks.report import plots_of, with_results
from benchmarks.table import number, page_part, workload_table

RATE = Workload(
    name="rate",
    title="Rates",
    rows=(
        Row("ours to theirs", "Torc jobs/s", "times", per="<other> jobs/s", target=at_least(2)),
        Row("a row | without value", "nothing", "ms"),
    ),
    run=lambda _round, _sizes: None,
    full={"jobs": 10_000, "many_jobs": 1_000_000},
)
ROUNDS = [
    Round(Path("/nowhere"), Path("/nowhere"), measured={"Torc jobs/s": 900, "<other> jobs/s": 300}),
    Round(Path("/nowhere"), Path("/nowhere"), measured={"Torc jobs/s": 1000, "<other> jobs/s": 250}),
]


@pytest.fixture
def rate() -> WorkloadRecord:
    return workload_record(RATE, RATE.full, ROUNDS, is_full=True, seconds=12.34)


@pytest.fixture
def run(rate, tmp_path) -> RunRecord:
    machine = describe(tmp_path) | {"revision": "abc"}
    return RunRecord(set="full", started_at="2026-01-02 03:04 UTC", machine=machine, remark="", workloads=[rate])


def test_a_run_is_read_as_it_was_written(run, tmp_path):
    write(tmp_path / "deep" / "run.json", run)
    assert read(tmp_path / "deep" / "run.json") == run


def test_there_is_no_run_where_there_is_no_file(tmp_path):
    assert read(tmp_path / "run.json") is None


def test_a_record_keeps_every_round(rate):
    assert rate.rounds == [each.measured for each in ROUNDS]
    assert rate.rows[0].values == [3, 4]
    assert rate.rows[0].is_met is True


def test_a_workload_without_rounds_tells_in_every_row_why():
    record = workload_record(RATE, RATE.full, [], is_full=True, seconds=1, failure="no compiler here")
    assert [row.reason for row in record.rows] == ["no compiler here"] * 2
    assert record.reasons == {"workload": "no compiler here"}


def test_the_table_has_target_beside_result(rate):
    lines = workload_table(rate).splitlines()
    assert "| ours to theirs | 3.50 times | 3 to 4 | ≥ 2 times | met |" in lines
    assert "`rate`: `jobs` 10,000, `many jobs` 1,000,000; 2 rounds, 12 s in all." in lines
    assert lines[-1].endswith("| not measured |")


def test_the_page_names_date_machine_and_revision(run):
    part = page_part(run)
    assert "2026-01-02 03:04 UTC" in part
    assert "revision `abc`" in part
    assert sentence(run.machine) in part


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (60, "60"),
        (0.0042, "0.0042"),
        (0.8, "0.80"),
        (3.456, "3.46"),
        (34.56, "34.6"),
        (345.6, "346"),
        (34567.8, "34,568"),
    ],
)
def test_numbers_have_three_digits_that_mean_something(value, text):
    assert number(value) == text


def test_a_later_run_of_some_workloads_keeps_the_others(run, rate):
    other = workload_record(RATE, {"jobs": 5}, ROUNDS, is_full=True, seconds=1)
    other.name = "other"
    earlier = RunRecord(set="full", started_at="before", machine=run.machine, remark="", workloads=[rate, other])
    assert [each.name for each in merged(earlier, run).workloads] == ["rate", "other"]
    assert merged(earlier, run).started_at == run.started_at


def test_runs_of_another_set_or_revision_are_not_mixed(run, rate):
    earlier = RunRecord(set="quick", started_at="before", machine=run.machine, remark="", workloads=[rate])
    assert merged(earlier, run) is run
    changed = RunRecord(
        set="full", started_at="before", machine=run.machine | {"revision": "old"}, remark="", workloads=[rate]
    )
    assert merged(changed, run) is run


def test_plots_are_xml_with_a_bar_for_each_rate(run):
    [(name, svg)] = plots_of(run)
    assert name == "performance-rate.svg"
    drawing = ET.fromstring(svg)  # noqa: S314 - our own
    texts = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "<other>" in texts
    assert texts.index("Torc") < texts.index("<other>")


def test_results_replace_what_stood_between_the_marks():
    page = "# Performance\n\n<!-- results begin -->\nold\n<!-- results end -->\n\nAfter.\n"
    replaced = with_results(page, "new\n")
    assert "old" not in replaced
    assert "<!-- results begin -->\n\nnew\n\n<!-- results end -->\n\nAfter.\n" in replaced
    assert with_results(replaced, "new\n") == replaced


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="lacks the marks"):
        with_results("# Performance\n", "new")


def test_the_machine_is_described(tmp_path):
    machine = describe(tmp_path)
    assert machine["cpus"] >= 1
    assert machine["versions"]["python"]
    assert file_system(tmp_path) == machine["file_system"] != "unknown"
    assert ("NOT QUIET" in sentence(machine | {"was_quiet": False})) is True
