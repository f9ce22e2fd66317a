"""Commands for RO-Crates that are not derived from the API document."""
