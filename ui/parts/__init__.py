"""Small pieces that more than one place is made of."""
