"""Environment variables that restrict a process to some GPUs."""

CUDA_VARIABLE = "CUDA_VISIBLE_DEVICES"
ROCR_VARIABLE = "ROCR_VISIBLE_DEVICES"

TORC_VARIABLE = "TORC_GPU_VISIBLE_DEVICES"
"""The same devices, for scripts that do not distinguish vendors. No driver reads it."""

RELATIVE_TO_ROCR = ("HIP_VISIBLE_DEVICES", CUDA_VARIABLE, "GPU_DEVICE_ORDINAL")
"""These number the devices that remain after ROCR_VISIBLE_DEVICES has been applied."""
