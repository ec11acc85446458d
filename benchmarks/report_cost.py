"""What a report and a bundle of evidence add to a run on a pool of 64 hosts, as ratios.

    python benchmarks/report_cost.py [HOSTS]

A lab is provisioned once; its stored snapshots are then judged with and without them, in turn, so
that all figures are of one machine in one state.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3


def pytest(directory: Path, *arguments: str) -> float:
    """Run pytest and return how long it took, in seconds."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode not in {0, 1}:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    hosts = sys.argv[1] if len(sys.argv) > 1 else "64"
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        lab = ("--pool=lab", f"--xsbond-lab-hosts={hosts}", "--xsbond-inherit=create")
        whole = pytest(directory, *lab, "--xsbond-save=stages")
        bare, reported, bundled = [], [], []
        for number in range(ROUNDS):
            replay = "--xsbond-replay=stages"
            bare.append(pytest(directory, replay))
            reported.append(pytest(directory, replay, "--html=r.html", "--self-contained-html"))
            bundled.append(pytest(directory, replay, f"--xsbond-evidence=e{number}"))
        size = (directory / "r.html").stat().st_size
    judged = statistics.median(bare)
    print(f"{hosts} hosts: a run {whole:.1f} s, of which judging about {judged:.1f} s")
    for what, times in (("report", reported), ("evidence", bundled)):
        more = statistics.median(times) - judged
        shares = f"{more / whole:+.1%} of the run, {more / judged:+.1%} of judging"
        print(f"{what}: {more:+.2f} s, {shares}")
    print(f"report: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
