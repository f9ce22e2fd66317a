"""What jobs take of the machine: one look at all processes, repeated, off the event loop."""
