"""What can go wrong with the ledger."""

from libs.problems import Problem


class EntryNotFound(Problem):
    """No entry has this id."""

    slug, status, title = "entry-not-found", 404, "No such entry"
