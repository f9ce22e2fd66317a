"""Take over the rows of a database of Torc 0.12 to 1.0, which is attached as `earlier`."""
