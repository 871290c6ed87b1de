"""A demonstration programme: a fictional maker of lamps, real counts of public posts, loaded through the public API."""
