"""Webhooks: what networks send by themselves; verified and kept at the door, read behind it."""
