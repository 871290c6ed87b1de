"""Deliveries: one for each event and each webhook that hears it, sent until it arrives, and what became of it."""
