"""Whose points these are: programmes with their calendar, and the ambassadors in them, as other services told."""
