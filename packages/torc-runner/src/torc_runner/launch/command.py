"""The argument vector of a job: pure."""


def shell_arguments(command: str, invocation_script: str | None) -> list[str]:
    """Give the arguments that run a job's command in bash, behind its invocation script when it has one."""
    text = f"{invocation_script} {command}" if invocation_script else command
    return ["bash", "-c", text]
