"""Thinking with a language model while the person is away: few requests, nothing believed that is not said verbatim."""
