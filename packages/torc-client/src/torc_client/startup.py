"""What a process is, said by whoever starts it, before anything heavy is imported."""

is_own_cli = False
"""Whether nobody else's code runs in this process: it is `torc` or `torc-runner`, no script and no notebook."""
