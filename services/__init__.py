"""The four services. None imports another: they meet only in the events of `libs.events`."""
