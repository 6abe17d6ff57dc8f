"""A process group that does not outlive this process, whatever ends it: SIGKILL too.

A shell waits at the end of a pipe. Told that the group is over, it leaves; if instead the pipe is closed, which the
kernel does for a killed process, it kills the group.
"""

import subprocess

SCRIPT = 'read -r over || kill -s KILL -- "-$1"'


class Guard:
    """Watches over one process group until `release`."""

    def __init__(self, group: int) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, "guard", str(group)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # out of reach of what kills this process's group
        )

    def release(self) -> None:
        """Let go of the group, which is over. Before its number can be given to another."""
        self._shell.communicate(b"over\n")
