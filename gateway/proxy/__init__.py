"""Handing a call to the service behind it, and its answer back, piece by piece."""
