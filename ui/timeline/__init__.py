"""A day as it was: episodes, pictures, gaps."""
