"""The contract between processes: the envelope, the event classes, their stored schemas and examples."""
