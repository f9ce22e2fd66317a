"""How a workflow is, in words and numbers that the dashboard, the terminal interface and the assistant server share."""
