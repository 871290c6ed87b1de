"""Interactions: each one taken in at the door, counted once, attributed to a share and told."""
