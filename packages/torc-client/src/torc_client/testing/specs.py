"""Strategies of Hypothesis that generate specs."""

from typing import Any

from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=12)
# Texts that other formats read as values of another type.
TRICKY = st.sampled_from(
    [
        "on",
        "1e3",
        "0o17",
        "1:30",
        "~",
        "null",
        "true",
        "#true",
        "-",
        "a: b",
        "# no",
        "'",
        '"',
        "\\n",
        "{x",
        "[1",
        "//",
        "",
    ]
)
WORDS = TEXT | TRICKY
COMMAND = WORDS.filter(str.strip)
NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,8}", fullmatch=True)
NUMBER = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
SCALAR = st.none() | st.booleans() | NUMBER | WORDS
JSON = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))
ENVIRONMENT = st.dictionaries(st.from_regex(r"[A-Z_]{1,6}", fullmatch=True), WORDS, max_size=3)
VALUES = st.sampled_from(["1:3", "[a, 'b, c']", 7, "x", [1], [1, 2.5, "z"]])


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A spec whose shape is right; names in it may be of nothing."""
    """A spec that is sound."""
    files = [
        {"name": f"file_{number}", "path": path} for number, path in enumerate(draw(st.lists(COMMAND, max_size=3)))
    ]
    user_data = [
        {"name": f"data_{number}", "data": data, "is_ephemeral": number % 2 == 0}
        for number, data in enumerate(draw(st.lists(JSON, max_size=3)))
    ]
    datasets = [
        {"name": f"dataset_{number}", "path": path} for number, path in enumerate(draw(st.lists(COMMAND, max_size=2)))
    ]
    jobs: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        extra = _some(
            env=ENVIRONMENT,
            priority=st.integers(0, 9),
            label=NAME,
            cancel_on_blocking_job_failure=st.booleans(),
            invocation_script=WORDS,
            stdio=_some(mode=st.sampled_from(["none", "combined"]), delete_on_success=st.booleans()),
            resource_requirements=st.just("small"),
            output_datasets=st.just([each["name"] for each in datasets][:1]),
            depends_on=st.lists(st.sampled_from([job["name"] for job in jobs]), max_size=2) if jobs else st.just([]),
            input_files=st.lists(st.sampled_from([file["name"] for file in files]), max_size=2)
            if files
            else st.just([]),
        )
        jobs.append({"name": f"job_{number}", "command": draw(COMMAND), **draw(extra)})
    if draw(st.booleans()):
        jobs.append({"name": "many_{p}", "command": "echo {p:03d} {q", "parameters": {"p": draw(VALUES)}})
    workflow = {
        "name": draw(NAME),
        "jobs": jobs,
        "files": files,
        "datasets": datasets,
        "user_data": user_data,
        "resource_requirements": [{"name": "small", "num_cpus": 1, "memory": "1g"}],
        "failure_handlers": [
            {
                "name": "h",
                "rules": draw(st.lists(_some(exit_codes=st.lists(st.integers(0, 255))), min_size=1, max_size=2)),
            }
        ],
    }
    # KDL has a node for each record, and none where there are none.
    workflow = {name: value for name, value in workflow.items() if value != []}
    return workflow | draw(
        _some(
            description=WORDS,
            metadata=st.dictionaries(WORDS, JSON, max_size=3),
            variables=st.dictionaries(st.sampled_from(["one", "two"]), NUMBER | st.booleans(), max_size=2),
            parameters=st.dictionaries(st.sampled_from(["i", "j"]), VALUES, max_size=2),
            env=ENVIRONMENT,
            use_pending_failed=st.booleans(),
            slurm_defaults=st.dictionaries(st.sampled_from(["account", "reservation"]), NUMBER | NAME, max_size=2),
            slurm_schedulers=st.just(
                [{"name": "s", "account": "a", "nodes": 1, "extra": "--x\n--y", "serialize_allocations": True}]
            ),
            execution_config=_some(
                mode=st.just("direct"), timeout_exit_code=st.integers(0, 255), stdio=_some(mode=st.just("none"))
            ),
            resource_monitor=_some(enabled=st.booleans(), jobs=_some(granularity=st.just("summary"))),
            actions=st.just(
                [{"trigger_type": "on_workflow_start", "action_type": "run_commands", "commands": ["a", "b c"]}]
            ),
            access_groups=st.lists(NAME, max_size=2),
            dynamic_jobs=_some(max_iterations=st.integers(1, 9)),
        )
    )
