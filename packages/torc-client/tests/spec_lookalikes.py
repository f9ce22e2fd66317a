"""Specs that are read in another way than they look, or whose values are probably not those that are meant."""

from spec_case import Case, job_case, parameter_case, table_case, workflow_case

LOOKALIKES = (
    job_case("a carriage return", "SPEC071 jobs[1].command", command="echo a\r\necho b"),
    job_case("a non-breaking blank", "SPEC071 jobs[1].command", command="echo\u00a0a"),
    job_case("typographic marks", *["SPEC071 jobs[1].command"] * 2, command="grep \u201ca b\u201d \u2013v x"),
    job_case("a blank without width", "SPEC071 jobs[1].name", name="a\u200b"),
    job_case("a name with a blank", "SPEC071 jobs[1].name", name="a "),
    job_case("CR in a script", "SPEC071 jobs[1].invocation_script", invocation_script="set -e\r\nset -u\n"),
    workflow_case("a path with a blank", "SPEC071 files[0].path", files=[{"name": "f", "path": "a.txt "}]),
    workflow_case(
        "a name with combining marks", "SPEC022 jobs[1].depends_on[0]",
        jobs=[{"name": "cafe\u0301", "command": "x"}, {"name": "b", "command": "x", "depends_on": ["caf\u00e9"]}],
    ),
    workflow_case(
        "a name with a blank that another job needs", "SPEC022 jobs[1].depends_on[0]",
        jobs=[{"name": "a ", "command": "x"}, {"name": "b", "command": "x", "depends_on": ["a"]}],
    ),
    Case("UTF-16", "name: w\njobs: []\n".encode("utf-16"), ["SPEC002 "]),
    workflow_case(
        "memory in bytes", "SPEC040 resource_requirements[0].memory",
        resource_requirements=[{"name": "r", "num_cpus": 1, "memory": "8"}],
    ),
    workflow_case(
        "a runtime of months", "SPEC041 resource_requirements[0].runtime",
        resource_requirements=[{"name": "r", "num_cpus": 1, "memory": "8g", "runtime": "P30M"}],
    ),
    workflow_case(
        "a walltime of minutes and seconds", "SPEC053 slurm_schedulers[0].walltime",
        slurm_schedulers=[{"name": "s", "account": "a", "walltime": "04:30"}],
    ),
    *(parameter_case(values, warns=True) for values in ("0.1:0.3", "1-10", "1;2;3")),
    *(
        Case(
            f"parameter {values!r}",
            {"name": "w", "jobs": [{"name": "a_{p}", "command": "{p}", "parameters": {"p": values}}]},
            [f"{code} jobs[0].parameters.p"],
        )
        for values, code in (("\uff11:\uff13", "SPEC071"), (["a", "b\u00a0c"], "SPEC071"), ("001:010", "SPEC072"))
    ),
    *(
        Case(
            f"table with {what}",
            {"name": "w", "jobs": [{"name": "a_{n}", "command": "{v}", "parameters_file": "t.csv"}]},
            [f"{code} jobs[0].parameters_file"], files={"t.csv": text},
        )
        for what, text, code in (
            ("blanks after the commas", "n,v\n1, 2\n", "SPEC071"), ("an empty row", "n,v\n1,2\n,\n", "SPEC035"),
            ("a NUL", "n,v\n1,a\0b\n", "SPEC035"),
        )
    ),
    table_case("a member twice", "t.json", '[{"site": 1, "site": 2}]'),
)  # fmt: skip
