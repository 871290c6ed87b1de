"""Programmes as content tells them: their calendar and charter version, their published items and captions."""
