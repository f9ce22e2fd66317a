"""End-to-end benchmarks, as ratios within one run. See README.md."""
