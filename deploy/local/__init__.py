"""The whole of Timbre as processes of this machine: real servers, the services and the gateway."""
