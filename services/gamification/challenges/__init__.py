"""Challenges: a target on a counter between two local days, for each ambassador or for all of them together."""
