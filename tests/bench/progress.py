"""What a measurement is at, beside its figures: those come when all runs of a figure are over."""

import sys


def doing(what: str, run: int, runs: int) -> None:
    """Says which run begins; `run` counts from 0. On standard error: standard output is the figures'."""
    print(f"bench: {what}, run {run + 1} of {runs}", file=sys.stderr, flush=True)
