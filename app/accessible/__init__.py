"""What programs tell of their windows to those who cannot see: words, places, addresses. A module a platform."""
