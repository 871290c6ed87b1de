"""Conversions: what visitors reached, as company systems tell it with signed requests."""
