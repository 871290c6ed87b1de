"""Bodies of requests and answers about shares."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.events.sharing import Network
from libs.web.texts import PROSE
from services.sharing.shares.domain.advice import Advice, Code
from services.sharing.shares.domain.draft import Draft, Publication
from services.sharing.shares.domain.measure import SCALE, Measures, originality, parrot_index
from services.sharing.shares.tables import Share

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=PROSE)]
PostUrl = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2048, pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\x00-\x1f]+$")
]


class DraftIn(BaseModel):
    """A text that its author wants to measure before posting."""

    model_config = ConfigDict(extra="forbid")

    programme_id: UUID
    item_id: UUID | None = None
    network: Network
    text: Text

    def draft(self) -> Draft:
        """Return the draft."""
        return Draft(item_id=self.item_id, network=self.network, text=self.text)


class ShareIn(DraftIn):
    """A text that its author has published."""

    published_at: AwareDatetime | None = Field(default=None, description="Now, unless given.")
    post_url: PostUrl | None = Field(default=None, description="Address of the post, by which reports find it.")
    link_id: UUID | None = Field(default=None, description="The tracked link in the post: its clicks count from now.")

    def publication(self) -> Publication:
        """Return the publication."""
        return Publication(draft=self.draft(), published_at=self.published_at, post_url=self.post_url)


class PassageOut(BaseModel):
    """A half-open span of `text`, counted in Unicode code points (JavaScript: `[...text].slice(start, end)`)."""

    start: int
    end: int


class ParrotOut(BaseModel):
    """How much the text repeats what colleagues posted of the same item in the 14 days before."""

    index: float = Field(description="0 to 1: k over the number of colleagues' posts that it was compared with.")
    colleagues: int = Field(description="Near-duplicates among these posts.")
    k: float = Field(description="Sum of nearness, which scoring discounts by.")


class MeasuresOut(BaseModel):
    """What was measured of a text."""

    words: int
    copied: int
    own_words: int
    originality: float = Field(description="0 to 1: own words over words.")
    passages: list[PassageOut] = Field(description="Copied spans of `text`.")
    caption_id: UUID | None = Field(description="The closest caption.")
    parrot: ParrotOut
    self_repeats: int = Field(description="Own near-duplicates of the last 90 days.")


class AdviceOut(BaseModel):
    """One thing that would make the text more the author's own, in the author's language."""

    code: Code
    sentence: str


class PreviewOut(MeasuresOut):
    """What would be measured if the text were published now."""

    text: str = Field(description="The text without white space at its ends: what `passages` points into.")
    advice: list[AdviceOut]

    @classmethod
    def of(cls, text: str, measures: Measures, advice: list[Advice]) -> "PreviewOut":
        """Shape measures and advice."""
        said = [AdviceOut(code=one.code, sentence=one.sentence) for one in advice]
        return cls(**_measured(measures), text=text, advice=said)


class ShareOut(MeasuresOut):
    """A share; `text` is null, and `passages` empty, for readers who are neither its author nor may read all."""

    id: UUID
    ambassador_id: UUID
    programme_id: UUID
    team_id: UUID
    item_id: UUID | None
    campaign_id: UUID | None
    network: Network
    text: str | None
    post_url: str | None
    published_at: AwareDatetime
    recorded_at: AwareDatetime

    @classmethod
    def of(cls, row: Share, *, with_text: bool) -> "ShareOut":
        """Shape a row."""
        hidden: dict[str, Any] = {} if with_text else {"text": None, "passages": []}
        return cls.model_validate({**row.model_dump(), **_measured(row), **hidden})


def _measured(found: Measures | Share) -> dict[str, Any]:
    """Return the fields of MeasuresOut."""
    return {
        "words": found.words,
        "copied": found.copied,
        "own_words": found.words - found.copied,
        "originality": originality(found.words, found.copied),
        "passages": [PassageOut(start=start, end=end) for start, end in found.passages],
        "caption_id": found.caption_id,
        "parrot": ParrotOut(
            index=parrot_index(found.parrot, found.compared), colleagues=found.colleagues, k=found.parrot / SCALE
        ),
        "self_repeats": found.self_repeats,
    }
