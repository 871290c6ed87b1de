"""Owns the cast: three teams, twenty-four invented ambassadors, and how each of them behaves."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

NAMESPACE = UUID("6f1d3a52-0f6e-4b0c-9a53-3b6c0f4e7d21")


class Degree(StrEnum):
    """How much of a text is the author's own, from nothing to all."""

    COPY = "copy"
    DISGUISED = "disguised"
    FRONT = "front"
    LIGHT = "light"
    HEAVY = "heavy"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A behaviour of docs/scoring.md, section 8. `degrees` are dealt in turn; `answered` is the part of comments."""

    name: str
    shares: int
    degrees: tuple[Degree, ...]
    answered: float
    a_day: int = 1


D = Degree
AUTHENTIC = Profile(name="authentic", shares=9, degrees=(D.OWN, D.HEAVY, D.OWN, D.OWN, D.LIGHT), answered=0.85)
RARE = Profile(name="authentic but rare", shares=4, degrees=(D.OWN, D.HEAVY), answered=0.7)
BIG = Profile(name="big audience", shares=9, degrees=(D.HEAVY, D.LIGHT), answered=0.1)
REWRITER = Profile(name="rewriter", shares=9, degrees=(D.LIGHT, D.HEAVY, D.LIGHT), answered=0.2)
FRONTER = Profile(name="one sentence in front", shares=8, degrees=(D.FRONT, D.FRONT, D.COPY), answered=0.1)
COPIER = Profile(name="copier", shares=8, degrees=(D.COPY, D.DISGUISED), answered=0.0)
ZEALOUS = Profile(name="over-zealous", shares=30, degrees=(D.LIGHT, D.HEAVY, D.FRONT), answered=0.1, a_day=5)
POD = Profile(name="pod of colleagues", shares=6, degrees=(D.LIGHT, D.FRONT), answered=0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One ambassador; `audience` counts contacts on LinkedIn, on Instagram half as many follow."""

    key: str
    name: str
    team: str
    language: str
    audience: int
    profile: Profile

    @property
    def subject(self) -> UUID:
        """The subject of the person's tokens."""
        return uuid5(NAMESPACE, self.key)

    def followers(self, network: str) -> int:
        """Return the audience on a network."""
        return self.audience if network == "linkedin" else self.audience // 2


WORKSHOP, DESIGN, CUSTOMERS = "Atelier", "Design & Engineering", "Boutique & Clients"
TEAMS = (WORKSHOP, DESIGN, CUSTOMERS)


def _person(name: str, team: str, language: str, audience: int, profile: Profile) -> Person:
    key = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower().replace(" ", "-")
    return Person(key=key, name=name, team=team, language=language, audience=audience, profile=profile)


PEOPLE = (
    _person("Inès Carrel", WORKSHOP, "fr", 410, AUTHENTIC),
    _person("Paul Vuillemin", WORKSHOP, "fr", 520, AUTHENTIC),
    _person("Maud Ferrand", WORKSHOP, "fr", 120, AUTHENTIC),
    _person("Denise Okafor", WORKSHOP, "en", 260, RARE),
    _person("Samir Belkacem", WORKSHOP, "fr", 640, REWRITER),
    _person("Loïc Perrot", WORKSHOP, "fr", 380, POD),
    _person("Chloé Marchetti", WORKSHOP, "fr", 450, POD),
    _person("Bastien Roussel", WORKSHOP, "fr", 700, COPIER),
    _person("Hannah Whitfield", DESIGN, "en", 430, AUTHENTIC),
    _person("Tomasz Zielinski", DESIGN, "en", 360, AUTHENTIC),
    _person("Priya Raman", DESIGN, "en", 5000, BIG),
    _person("Gaëlle Kerbrat", DESIGN, "fr", 300, RARE),
    _person("Oliver Brandt", DESIGN, "en", 900, REWRITER),
    _person("Nora Lindqvist", DESIGN, "en", 540, FRONTER),
    _person("Hugo Delmas", DESIGN, "fr", 400, POD),
    _person("Callum Reid", DESIGN, "en", 620, COPIER),
    _person("Aïcha Benali", CUSTOMERS, "fr", 480, AUTHENTIC),
    _person("Emma Castellan", CUSTOMERS, "fr", 130, AUTHENTIC),
    _person("Victor Nguyen", CUSTOMERS, "fr", 900, ZEALOUS),
    _person("Sophie Arnoult", CUSTOMERS, "fr", 750, REWRITER),
    _person("Grace Adeyemi", CUSTOMERS, "en", 350, RARE),
    _person("Mathis Garnier", CUSTOMERS, "fr", 560, FRONTER),
    _person("Lucie Bonnet", CUSTOMERS, "fr", 420, POD),
    _person("Ethan Colby", CUSTOMERS, "en", 800, COPIER),
)
