"""What can go wrong with conversions and their keys."""

from libs.problems import Problem


class WrongConversionSignature(Problem):
    """No live key of the programme has signed this body at this time; nothing was read or kept."""

    slug, status, title = "wrong-conversion-signature", 401, "The signature is not right"


class ConversionKeyNotFound(Problem):
    """There is no key of this id in the programme."""

    slug, status, title = "conversion-key-not-found", 404, "No such conversion key"


class TooManyConversionKeys(Problem):
    """Two keys are live already, which is what a rotation needs."""

    slug, status, title = "too-many-conversion-keys", 409, "Two keys are live already"
