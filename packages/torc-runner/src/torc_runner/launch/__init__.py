"""Starting jobs: command, environment, output files, process."""
