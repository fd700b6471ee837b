"""What processes of this machine use, read from /proc."""

import os
from collections import defaultdict
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """User and system seconds of a process and of all that descend from it."""
    children, used = defaultdict(list), {}
    for one in Path("/proc").iterdir():
        if one.name.isdigit() and (said := _stat(int(one.name))) is not None:
            parent, used[int(one.name)] = said
            children[parent].append(int(one.name))
    waiting, ticks = [process], 0
    while waiting:
        one_of = waiting.pop()
        ticks += used.get(one_of, 0)
        waiting += children[one_of]
    return ticks / _TICKS


def resident_megabytes(process: int) -> float:
    """What a process holds in memory now."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def parent_of(process: int) -> int:
    """The process that started a process; 0 when it ended."""
    said = _stat(process)
    return said[0] if said else 0


def _stat(process: int) -> tuple[int, int] | None:
    """The parent of a process, and the ticks of CPU used by it and by those of its children that ended."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        # It ended since.
        return None
    fields = said.rsplit(")", 1)[1].split()
    return int(fields[1]), sum(map(int, fields[11:15]))
