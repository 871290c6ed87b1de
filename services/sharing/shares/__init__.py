"""Shares: one publication by one ambassador on one network, its text and what was measured of it."""
