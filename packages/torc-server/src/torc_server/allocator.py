"""Settings of the allocator of the C library, so that memory of large values goes back to the system."""

import contextlib
import ctypes

# Constants of <malloc.h>.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE_BYTES = 256 * 1024
_ARENAS = 2


def return_large_memory() -> None:
    """Give memory of at least 256 KiB back when it is freed, and keep few arenas. Without glibc, do nothing.

    By default glibc raises this size up to 32 MiB when large values are freed, and then keeps them in its heaps.
    """
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for name, value in ((_MMAP_THRESHOLD, _LARGE_BYTES), (_TRIM_THRESHOLD, _LARGE_BYTES), (_ARENA_MAX, _ARENAS)):
            library.mallopt(name, value)
