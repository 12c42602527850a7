"""Measurements to run by hand: `python -m benchmarks.NAME`. See README.md."""
