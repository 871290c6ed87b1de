"""Snapshots: absolute counts as they were read at a time, and what a share drew in numbers."""
