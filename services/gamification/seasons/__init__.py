"""Seasons: weeks that belong together, end, stay open for what comes late, and are then settled for good."""
