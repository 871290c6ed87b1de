"""What each service process is made of: settings, parts opened in order, tasks beside HTTP, one command line."""
