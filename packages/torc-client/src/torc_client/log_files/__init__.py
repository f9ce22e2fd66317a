"""The files in the output folder of runners: their names, their contents, and how to bundle them."""
