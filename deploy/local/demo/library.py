"""Owns the hand-written texts: the items with their captions, and what people say in their own words."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

TEXTS = Path(__file__).parent / "texts"


class Caption(BaseModel):
    """A suggested text as its sentences."""

    model_config = ConfigDict(frozen=True)

    language: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole caption."""
        return " ".join(self.sentences)


class Item(BaseModel):
    """An item with its captions."""

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    captions: tuple[Caption, ...]

    def captions_in(self, language: str) -> list[Caption]:
        """Return the captions of one language."""
        return [caption for caption in self.captions if caption.language == language]


class Campaign(BaseModel):
    """A campaign with its objective and items."""

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    objective: Mapping[str, str | int]
    items: tuple[Item, ...]


class OwnWords(BaseModel):
    """What people of one language say themselves: by campaign, at the start and end of a post, and in answers."""

    model_config = ConfigDict(frozen=True)

    openers: tuple[str, ...]
    closers: tuple[str, ...]
    repair: tuple[str, ...]
    people: tuple[str, ...]
    aube: tuple[str, ...]
    answers: tuple[str, ...]

    def about(self, campaign: str) -> tuple[str, ...]:
        """Return the sentences about a campaign."""
        return {"repair": self.repair, "people": self.people, "aube": self.aube}[campaign]


@cache
def campaigns() -> tuple[Campaign, ...]:
    """Return the campaigns."""
    return tuple(Campaign.model_validate(raw) for raw in _read("items.json"))


@cache
def own_words(language: str) -> OwnWords:
    """Return the sentences of a language: `en` or `fr`."""
    return OwnWords.model_validate(_read(f"own.{language}.json"))


def _read(name: str) -> Any:  # noqa: ANN401  # JSON, validated by the callers
    return json.loads((TEXTS / name).read_text(encoding="utf-8"))
