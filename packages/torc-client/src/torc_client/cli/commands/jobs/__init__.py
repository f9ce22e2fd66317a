"""Commands of `torc jobs` that do not follow from the document."""
