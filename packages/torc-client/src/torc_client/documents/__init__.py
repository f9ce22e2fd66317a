"""The documentation, the examples and the skill, which the wheel contains, and a full-text search in them.

`docs`, `examples` and `skills` in this folder are links to the folders of the repository; the build copies their files.
"""
