"""What a workflow does in which order: which event lets which jobs run, and asks for which nodes."""
