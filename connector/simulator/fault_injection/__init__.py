"""Faults on demand, scripts of them, latency, and price scripts: what a test arms."""
