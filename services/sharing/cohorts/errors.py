"""What can go wrong with a cohort."""

from libs.problems import Problem


class CohortNotFound(Problem):
    """No cohort has this id, or it was dissolved."""

    slug, status, title = "cohort-not-found", 404, "No such cohort"


class UnknownAmbassador(Problem):
    """An ambassador that a request names is not one of the programme."""

    slug, status, title = "unknown-ambassador", 422, "Unknown ambassador"


class AlreadyInCohort(Problem):
    """Somebody would be in two cohorts at a time."""

    slug, status, title = "already-in-cohort", 409, "Somebody is in another cohort"
