"""Dense models of which only the neurons that matter for a token are read ("LLM in a flash")."""
