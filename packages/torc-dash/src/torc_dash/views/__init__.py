"""One module for each page: fetch and shape data, then pass a dataclass to the template of the same name."""
