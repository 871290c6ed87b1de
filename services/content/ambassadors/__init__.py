"""Ambassadors as sharing tells them: which of them a token belongs to."""
