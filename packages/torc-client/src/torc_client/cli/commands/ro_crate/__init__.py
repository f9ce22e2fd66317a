"""Commands of RO-Crates in which there is something to decide."""
