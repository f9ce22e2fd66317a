"""RO-Crate: metadata of a workflow's data, as defined by https://w3id.org/ro/crate/1.1."""
