"""Records in notebooks."""

from torc_client import CallError, CallResult, JobModel, JobStatus, Records


def test_rows_without_the_columns_that_are_empty(make):
    jobs = Records(
        [
            make.job(1, command="echo '<b>'", start_time="2026-01-01T13:00:00+01:00"),
            make.job(2, status=JobStatus.FAILED, depends_on_job_ids=[1]),
        ],
        JobModel,
    )
    assert jobs._repr_html_() == (
        "<table><thead><tr><th>id</th><th>workflow_id</th><th>name</th><th>command</th><th>depends_on_job_ids</th>"
        "<th>start_time</th><th>status</th></tr></thead><tbody>"
        "<tr><td>1</td><td>7</td><td>job1</td><td>echo &#x27;&lt;b&gt;&#x27;</td><td></td>"
        "<td>2026-01-01 12:00:00Z</td><td></td></tr>"
        "<tr><td>2</td><td>7</td><td>job2</td><td>echo 2</td><td>[1]</td><td></td><td>failed</td></tr>"
        "</tbody></table><p>2 records</p>"
    )


def test_many_records_and_long_cells_are_cut():
    results = Records([CallResult(each, each, "f", JobStatus.COMPLETED, "x" * 200) for each in range(1000)], CallResult)
    shown = results._repr_html_()
    assert (shown.count("<tr>"), "x" * 97 + "...<" in shown) == (21, True)
    assert shown.endswith("<p>1000 records, of which 20 are shown</p>")


def test_errors_are_shown_as_their_message():
    failed = CallResult(1, 1, "f_1", JobStatus.FAILED, error=CallError("f_1", "ValueError: no", {}, 1))
    assert "<td>f_1: ValueError: no</td>" in Records([failed], CallResult)._repr_html_()


def test_no_records():
    assert Records([], JobModel)._repr_html_() == "<p>0 records</p>"
