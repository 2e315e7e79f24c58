"""Dates in words: found in a text, understood against the day they are said on, and written down again.

The stages differ in which words they take (`Form`) and in whether the past or the future is meant (`Lean`); the
reading itself is here, once.
"""
