"""Logs, metrics and trace context: what ops see of a process."""
