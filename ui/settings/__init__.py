"""Settings drawn from their tree, rules, keys and archives."""
