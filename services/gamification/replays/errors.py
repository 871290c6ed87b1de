"""What can go wrong with a replay."""

from libs.problems import Problem


class LedgerNotEmpty(Problem):
    """The log was to be replayed into a database that holds points."""

    slug, status, title = "ledger-not-empty", 409, "The ledger is not empty"


class SimulationNotFound(Problem):
    """The programme has no such simulation, or it was forgotten after thirty days."""

    slug, status, title = "simulation-not-found", 404, "No such simulation"


class SimulationNotDone(Problem):
    """Outcomes are ranked when all of them are there."""

    slug, status, title = "simulation-not-done", 409, "The simulation is not done yet"


class TooManySimulations(Problem):
    """The programme has as many simulations under way as it may."""

    slug, status, title = "too-many-simulations", 409, "Too many simulations are under way"
