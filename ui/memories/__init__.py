"""What is kept, how firmly, and why."""
