"""Whether everything works, with figures."""
