"""What comes in: the gate, the redaction, and the ways in (screen, conversations)."""
