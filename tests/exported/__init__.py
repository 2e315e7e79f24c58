"""Exports of other programs, written after their published formats; every person and word in them is invented."""
