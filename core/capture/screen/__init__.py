"""The screen as a source: what is visible, what changed, what can be read in it."""
