"""What the benchmark ran on, for whoever reads the figures later.

Decides what is worth telling; names no path and no host.
"""

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

BUSY_PERCENT = 20.0
"""Above this, somebody else is using the machine and the figures are worth less."""


def describe_machine() -> dict[str, str]:
    """Processor, cores, memory, systems and versions."""
    return {
        "processor": _processor(),
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "java": _java(),
        "tidemark": f"{version('tidemark')} ({_commit()})",
        "confluent-kafka": version("confluent-kafka"),
        "faust-streaming below Tidemark": version("faust-streaming"),
        "rocksdict": version("rocksdict"),
    }


def busy_percent(seconds: float = 1.0) -> float:
    """How busy all cores together are just now, without us."""
    return float(psutil.cpu_percent(seconds))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if _is_linux() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _is_linux() -> bool:
    return platform.system() == "Linux"


def _java() -> str:
    """What ``java -version`` calls itself in its first line."""
    try:
        done = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "none"
    return next(iter(done.stderr.splitlines()), "unknown")


def _commit() -> str:
    """The checked-out commit, marked when files differ from it."""
    asked = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown commit"
    return done.stdout.strip() or "unknown commit"
