"""What `talent-registry decide --cases` takes for files of growing length: one start, flat memory."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.domain.independent_rules import judge
from tests.domain.random_cases import Dealer

LENGTHS = (2_000, 20_000, 100_000)
# What fifty times the cases may take more of memory; a program that held its file would need ten times as much.
ALLOWED = 1.2


class Run(NamedTuple):
    """What one file took."""

    peak_mb: float
    seconds: float
    agreed: int


def decided(file: Path, answers: Path) -> Run:
    """Starts the program once for the file and watches the high-water mark of its memory until it ends."""
    begun, peak = time.monotonic(), 0.0
    with answers.open("w", encoding="utf-8") as out:
        process = subprocess.Popen([sys.executable, "-m", "talent_registry", "decide", "--cases", file], stdout=out)
        while process.poll() is None:
            peak = max(peak, high_water_mb(process.pid))
            time.sleep(0.01)
    assert process.returncode == 0
    with answers.open(encoding="utf-8") as lines:
        agreed = sum(json.loads(line)["agrees"] for line in lines)
    return Run(peak, time.monotonic() - begun, agreed)


def high_water_mb(process_id: int) -> float:
    """The kernel's mark since the program began; what it tells at the end would count this process's memory too."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    except ProcessLookupError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def test_memory_stays_flat_however_long_the_file(tmp_path: Path) -> None:
    peaks = []
    for length in LENGTHS:
        file = tmp_path / "cases.json"
        with file.open("w", encoding="utf-8") as written:
            for case in Dealer(seed=length).cases(length):
                expected = judge(case)._asdict()
                written.write(json.dumps({**case, "expected": expected}, ensure_ascii=False) + "\n")
        run = decided(file, tmp_path / "answers.jsonl")
        pace = f"{run.seconds:.1f} s, {length / run.seconds:.0f} cases a second"
        sys.stdout.write(f"{length:>7} cases: {run.peak_mb:.1f} MB at the peak, {pace}\n")
        assert run.agreed == length
        peaks.append(run.peak_mb)
    sys.stdout.write(f"memory for {LENGTHS[-1]} cases : for {LENGTHS[0]} = {peaks[-1] / peaks[0]:.2f}\n")

    assert peaks[-1] < ALLOWED * peaks[0]
