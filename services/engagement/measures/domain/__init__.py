"""Rules of measures: periods, numbers with their provenance, participation and alerts."""
