"""What can be wrong with a whole file."""

from libs.problems import Problem


class UnreadableTable(Problem):
    """The file is no CSV text in UTF-8."""

    slug, status, title = "unreadable-table", 400, "The file cannot be read as CSV"


class InvalidTable(Problem):
    """Columns are missing or doubled, or there are no rows, or too many."""

    slug, status, title = "invalid-table", 422, "The table does not have the needed form"
