"""Campaigns: what a programme wants to reach, as one objective with its KPI and target."""
