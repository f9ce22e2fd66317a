"""Text of jobs, files and programs: windows of lines, their look, and where they come from."""
