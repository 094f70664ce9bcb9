"""A process that runs another one and ends it when its own standard input closes, or when it is told to end itself.

So what the demo starts does not outlive the demo, even if that is killed and can tidy up nothing: the system closes
its end of the pipe. Run as ``python -m deploy.demo.tether COMMAND…``; the exit code is that of the command, or 128 and
the number of the signal that ended it.
"""

import os
import signal
import subprocess
import sys
import threading

PATIENCE = 15.0
"""Seconds the command has to end by itself when it is asked to."""


def run_tethered(command: list[str]) -> int:
    """Run ``command`` until it ends, or standard input does, or this process is told to; return the exit code."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
        code = process.wait()
        return code if code >= 0 else 128 - code


def _end_with_input(process: "subprocess.Popen[bytes]") -> None:
    while os.read(
        0, 1024
    ):  # not through sys.stdin, whose lock this thread would hold when the interpreter ends
        pass
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(run_tethered(sys.argv[1:]))
