"""Graphs of jobs, groups of jobs, files and data: layers, coordinates, critical path, and renderings as text. Pure."""
