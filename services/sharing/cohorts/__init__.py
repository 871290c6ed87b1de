"""Cohorts: four to eight ambassadors of a programme who are trained together."""
