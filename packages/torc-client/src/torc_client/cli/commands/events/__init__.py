"""Commands of events in which there is something to decide."""
