"""One file a page: fetch and shape, then hand a dataclass to the template of the same name."""
