"""`python -m pytest_xsbond.runbook` prints the runbook."""

import sys

from pytest_xsbond.causes.runbook import runbook

if __name__ == "__main__":
    sys.stdout.write(runbook())
