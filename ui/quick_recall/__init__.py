"""A small window on a key: type, see, Enter."""
