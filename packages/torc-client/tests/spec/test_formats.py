"""One spec in four formats: the same values and the same plan, whatever Hypothesis writes."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from torc_client.spec import SpecError
from torc_client.spec.formats import Format
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import Problems
from torc_client.spec.reading import parse
from torc_client.spec.schema import schema
from torc_client.spec.shape import check
from torc_client.spec.writing import write
from torc_client.testing.specs import specs


def checked(document):
    problems = Problems()
    record = check(document, "workflow", "", problems)
    assert list(problems) == []
    return record


def planned(document):
    return replace(make_plan("spec", document), warnings=[])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(specs())
def test_a_spec_means_the_same_in_every_format(document):
    record = checked(document)
    Draft202012Validator(schema()).validate(document)
    try:
        plan = planned(document)
    except SpecError:
        plan = None  # shapes travel whether or not names find something
    for each in Format:
        text = write(record, each)
        read = parse("spec", text, format=each).value
        assert read == record, text
        if plan is not None:
            assert planned(read) == plan, text


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(specs())
def test_the_format_of_standard_input_is_seen_from_the_text(document):
    record = checked(document)
    for each in (Format.JSON, Format.JSON5, Format.YAML):
        assert parse("standard input", write(record, each)).value == record
    text = write({**record, "name": "two words"}, Format.KDL)
    assert parse("standard input", text).value["name"] == "two words"


OLD_KDL = r"""
// as specs of older releases are written
name "sweep"
description "many \"ways\" to write"
use_pending_failed #true
parameters { lr "[0.1, 0.01]" }
file "in" path="data/in.txt"
file "out_{lr}" { path "out/{lr}.txt"; use_parameters "lr" }
user_data "settings" { is_ephemeral #true; data "{\"rate\": [1, null]}" }
resource_requirements "small" { num_cpus 2; memory "1g"; runtime "PT1M" }
slurm_scheduler "short" { account "wind"; nodes 1; walltime "00:10:00" }
slurm_defaults { qos "high"; reservation "r" }
failure_handler "again" {
    rule { exit_codes 1 2; max_retries 2 }
    rule { match_all_exit_codes #true; recovery_script "./mend.sh" }
}
job "first" {
    command "touch ${files.output.out_0.1} ${files.output.out_0.01}"
    invocation_script "set -e;"
    resource_requirements "small"
    failure_handler "again"
    scheduler "short"
    cancel_on_blocking_job_failure #false
}
job "train_{lr}" {
    command r"
        " // a raw text of the older version cannot span lines in all parsers
    depends_on "first"
    input_file "in" "out_{lr}"
    input_user_data "settings"
    use_parameters "lr"
    parameter_mode "zip"
}
/- job "left_out" { command "false" }
job "last" { command "true"; depends_on "first" "train_0.1"; depends_on_regexes "^train_"; }
action {
    trigger_type "on_jobs_ready"; action_type "run_commands"
    job "last"; job_name_regexes "^train"
    command "echo 1"; command "echo 2"
}
action { trigger_type "on_workflow_start"; action_type "schedule_nodes"; scheduler "short"; scheduler_type "slurm" }
resource_monitor { granularity "time_series"; sample_interval_seconds 5; metrics "cpu" "memory" }
""".replace('r"\n        " // a raw text of the older version cannot span lines in all parsers', '#"train "{lr}" \\d"#')


def test_kdl_as_it_always_was():
    plan = make_plan("s.kdl", parse("s.kdl", OLD_KDL, format=Format.KDL).value)
    assert [job.record["name"] for job in plan.jobs] == ["first", "train_0.1", "train_0.01", "last"]
    assert plan.jobs[1].record["command"] == 'train "0.1" \\d'
    assert [file["path"] for file in plan.files] == ["data/in.txt", "out/0.1.txt", "out/0.01.txt"]
    assert plan.user_data[0]["data"] == {"rate": [1, None]}
    assert plan.jobs[3].parents == (0, 1, 2)
    assert plan.actions[0].record["commands"] == ["echo 1", "echo 2"]
    assert plan.workflow["resource_monitor"] == {"granularity": "time_series", "sample_interval_seconds": 5}
