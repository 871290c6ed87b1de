"""How Timbre is run: on Kubernetes, and as processes of one machine."""
