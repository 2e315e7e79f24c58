"""Conversations from files: each format is recognised, read as a stream, and keeps its own ids."""
