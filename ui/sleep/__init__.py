"""What each night changed, and how to take it back."""
