"""What can go wrong with who somebody is."""

from libs.problems import Problem


class NotEnrolled(Problem):
    """The caller is no ambassador of the programme, or the news of it is still under way."""

    slug, status, title = "not-enrolled", 409, "You do not take part in this programme"
