"""JetStream: the only code that speaks to NATS. Publishing, the outbox relay, and the pull loop of consumers."""
