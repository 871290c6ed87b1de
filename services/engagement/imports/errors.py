"""What can be wrong with a whole file, and with what is asked about one."""

from libs.problems import Problem


class UnreadableTable(Problem):
    """The file is no CSV text in the encoding that was declared."""

    slug, status, title = "unreadable-table", 400, "The file cannot be read as CSV"


class InvalidTable(Problem):
    """Columns are missing or doubled, or there are no rows."""

    slug, status, title = "invalid-table", 422, "The table does not have the needed form"


class ImportNotFound(Problem):
    """No import has this id, or it was finished more than 30 days ago."""

    slug, status, title = "import-not-found", 404, "No such import"


class ImportNotReady(Problem):
    """The import is in another state than this needs."""

    slug, status, title = "import-not-ready", 409, "The import is not in a state for this"


class TooManyImports(Problem):
    """The programme has as many unfinished imports as it may have."""

    slug, status, title = "too-many-imports", 429, "Too many unfinished imports"


class MappingNotFound(Problem):
    """The programme has no saved mapping of this name."""

    slug, status, title = "import-mapping-not-found", 404, "No such mapping"
