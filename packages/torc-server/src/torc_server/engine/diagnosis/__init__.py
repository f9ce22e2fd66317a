"""Why a job does not run: obstacles, shortfalls of nodes, and their reasons as data."""
