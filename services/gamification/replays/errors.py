"""What can go wrong with a replay."""

from libs.problems import Problem


class LedgerNotEmpty(Problem):
    """The log was to be replayed into a database that holds points."""

    slug, status, title = "ledger-not-empty", 409, "The ledger is not empty"
