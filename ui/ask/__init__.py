"""A conversation with one's own memory."""
