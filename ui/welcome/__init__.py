"""The first start, and the locked door."""
