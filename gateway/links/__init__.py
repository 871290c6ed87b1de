"""Tracked links at `/l/{code}`: sent on in one read of Valkey, and told of to sharing afterwards."""
