"""The resource use of jobs and nodes over time: the files that runners write, and plots of them."""
