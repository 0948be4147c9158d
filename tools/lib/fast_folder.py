"""A folder in memory for what tests write and throw away, where the machine has room for it."""

import os
import shutil

ROOM_BYTES = 2 << 30


def fast_folder():
    """/dev/shm when it has room, else None (the usual place for temporary files)."""
    if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > ROOM_BYTES:
        return "/dev/shm"
    return None
