"""Measurements of the whole, as ratios within one run. See README.md."""
