"""Print the skipped tests that pytest recorded (see tests/support/skips.py), and the numbers of tests."""

import json
import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    """Print a line for each reason, and the numbers in the last line."""
    path = Path(sys.argv[1])
    runs = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    reasons = Counter(reason for run in runs for reason in run["reasons"])
    if not runs:
        print("No tests ran.")
        return
    if reasons:
        print("\nSkipped tests, and what to do to run them:")
    for reason, count in reasons.most_common():
        print(f"  {count:4}  {reason}")
    passed, failed = (sum(run.get(outcome, 0) for run in runs) for outcome in ("passed", "failed"))
    print(f"{passed} tests passed, {failed} failed, {reasons.total()} skipped.")


if __name__ == "__main__":
    main()
