"""Comparison with stock nbgrader: the same submissions, in one run, on one machine. See README.md."""
