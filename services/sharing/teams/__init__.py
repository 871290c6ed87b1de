"""Teams: the groups of a programme that ambassadors choose from when they enrol."""
