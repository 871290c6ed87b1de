"""Imports: CSV files of absolute counts, stored as they come, checked, and applied piece by piece in the background."""
