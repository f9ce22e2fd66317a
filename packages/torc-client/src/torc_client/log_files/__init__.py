"""The files that runners leave in their output folder: how they are called, what is in them, how to pack them up."""
