"""Benchmarks: figures from one run, as ratios against a floor or a peer."""
