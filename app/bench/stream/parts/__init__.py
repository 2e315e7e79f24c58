"""What must be shown of streaming, a module for each point."""
