"""Detects the CPUs, memory, GPUs and time limit of this process."""
