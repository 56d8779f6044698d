"""Figures of a run for Prometheus, read when they are asked for."""
