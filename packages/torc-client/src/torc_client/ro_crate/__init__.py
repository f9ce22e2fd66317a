"""RO-Crate: what a workflow says of its data, as https://w3id.org/ro/crate/1.1 has it."""
