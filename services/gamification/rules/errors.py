"""Named failures of the rules of scoring."""

from libs.problems import Problem


class PresetNotFound(Problem):
    """Someone asked for a preset of rules that does not exist."""

    slug, status, title = "rules-preset-not-found", 404, "Rules preset not found"


class RulesNotFound(Problem):
    """Someone asked for a version of the rules that does not exist."""

    slug, status, title = "rules-not-found", 404, "No such version of the rules"
