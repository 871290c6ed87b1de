"""Imports: CSV files of absolute counts, judged row by row."""
