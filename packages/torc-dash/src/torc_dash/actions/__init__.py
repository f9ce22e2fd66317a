"""What can be done to workflows and jobs: each action is a command of `torc`, with a preview."""
