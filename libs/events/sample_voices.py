"""Examples of what content and sharing tell."""

from datetime import date
from uuid import UUID

from libs.events.content import CampaignCreated, ItemPublished, ProgrammeCreated, ProposalApproved, PublishedCaption
from libs.events.envelope import Event
from libs.events.gateway import Visit, VisitsSeen
from libs.events.sample_values import (
    AMBASSADOR,
    AT,
    CAMPAIGN,
    COLLEAGUE,
    ITEM,
    OTHER_PERSON,
    PERSON,
    PROGRAMME,
    SHARE,
    TEAM,
    fixed_id,
)
from libs.events.sharing import (
    AmbassadorEnrolled,
    Click,
    ClicksRecorded,
    CohortFormed,
    ConsentGiven,
    ConsentWithdrawn,
    SharePublished,
    TeamCreated,
)

Told = tuple[Event, UUID | str]
"""An event and its key."""


def content() -> list[Told]:
    """Return what opens a programme."""
    programme = ProgrammeCreated(
        programme_id=PROGRAMME,
        name="Voices of Lumen",
        time_zone="Europe/Paris",
        first_day=date(2026, 9, 7),
        charter_version=1,
    )
    campaign = CampaignCreated(
        campaign_id=CAMPAIGN,
        programme_id=PROGRAMME,
        name="Open doors",
        objective="employer_brand",
        kpi="comments",
        target=300,
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 12, 6),
    )
    return [(programme, PROGRAMME), (campaign, PROGRAMME), *((item, ITEM) for item in _items())]


def _items() -> list[Event]:
    captions = (
        PublishedCaption(
            caption_id=fixed_id(8, 1),
            network="linkedin",
            language="en",
            text="Our workshop opens its doors on Friday. Come and meet the people behind the lamps.",
        ),
        PublishedCaption(
            caption_id=fixed_id(8, 2), network=None, language="fr", text="Notre atelier ouvre ses portes vendredi."
        ),
    )
    item = ItemPublished(
        item_id=ITEM,
        programme_id=PROGRAMME,
        campaign_id=CAMPAIGN,
        title="A day in the workshop",
        captions=captions,
        published_at=AT,
    )
    bare = item.model_copy(update={"captions": (), "title": "Say it in your own words"})
    linked = item.model_copy(update={"url": "https://www.lumen.example/workshop"})
    return [item, bare, linked]


def people() -> list[Told]:
    """Return what is told of people."""
    team = TeamCreated(team_id=TEAM, programme_id=PROGRAMME, name="Workshop")
    enrolled = AmbassadorEnrolled(
        ambassador_id=AMBASSADOR,
        programme_id=PROGRAMME,
        team_id=TEAM,
        subject_key=PERSON,
        enrolled_on=date(2026, 9, 14),
    )
    given = ConsentGiven(
        ambassador_id=AMBASSADOR,
        programme_id=PROGRAMME,
        network="linkedin",
        mode="validate",
        person_key=OTHER_PERSON,
        given_at=AT,
    )
    nameless = given.model_copy(update={"network": "x", "mode": "manual", "person_key": None})
    withdrawn = ConsentWithdrawn(ambassador_id=AMBASSADOR, programme_id=PROGRAMME, network="linkedin", withdrawn_at=AT)
    about_one: list[Event] = [enrolled, given, nameless, withdrawn]
    return [(team, PROGRAMME), *((event, AMBASSADOR) for event in about_one)]


def shares() -> list[Told]:
    """Return shares."""
    share = SharePublished(
        share_id=SHARE,
        ambassador_id=AMBASSADOR,
        programme_id=PROGRAMME,
        team_id=TEAM,
        item_id=ITEM,
        campaign_id=CAMPAIGN,
        network="linkedin",
        post_url="https://www.linkedin.com/feed/update/urn:li:activity:7264410112233445566",
        published_at=AT,
        words=64,
        copied=9,
        parrot=0,
        self_repeats=0,
        audience=480,
        measure_version=1,
    )
    nothing_known = {"item_id": None, "campaign_id": None, "post_url": None, "audience": None, "network": "other"}
    return [(share, AMBASSADOR), (share.model_copy(update=nothing_known), AMBASSADOR)]


def proposed() -> list[Told]:
    """Return what came of proposals, locked captions and cohorts."""
    locked = CampaignCreated(
        campaign_id=fixed_id(2, 2),
        programme_id=PROGRAMME,
        name="Half-year figures",
        objective="awareness",
        kpi="reach",
        target=20_000,
        starts_on=date(2026, 11, 16),
        ends_on=date(2026, 11, 29),
        captions_locked=True,
    )
    approved = ProposalApproved(
        proposal_id=fixed_id(16), programme_id=PROGRAMME, ambassador_id=AMBASSADOR, item_id=ITEM, approved_at=AT
    )
    cohort = CohortFormed(
        cohort_id=fixed_id(17),
        programme_id=PROGRAMME,
        name="Autumn beginners",
        ambassador_ids=(AMBASSADOR, COLLEAGUE, fixed_id(5, 3), fixed_id(5, 4)),
        version=1,
    )
    larger = cohort.model_copy(update={"ambassador_ids": (*cohort.ambassador_ids, fixed_id(5, 5)), "version": 2})
    dissolved = cohort.model_copy(update={"ambassador_ids": (), "version": 3})
    of_one: list[Told] = [(cohort, fixed_id(17)), (larger, fixed_id(17)), (dissolved, fixed_id(17))]
    return [(locked, PROGRAMME), (approved, AMBASSADOR), *of_one]


def clicks() -> list[Told]:
    """Return visits of a tracked link, and the clicks they were judged to be: one that counts, one that does not."""
    visit = Visit(
        visit_id=fixed_id(16),
        link_id=fixed_id(18),
        seen_at=AT,
        visitor=PERSON,
        network=OTHER_PERSON,
        agent="person",
        prefetch=False,
    )
    ahead = visit.model_copy(update={"visit_id": fixed_id(16, 2), "prefetch": True})
    click = Click(
        click_id=fixed_id(16),
        share_id=SHARE,
        ambassador_id=AMBASSADOR,
        visitor=PERSON,
        occurred_at=AT,
        verdict="valid",
    )
    preview = click.model_copy(update={"click_id": fixed_id(16, 2), "verdict": "preview"})
    return [
        (VisitsSeen(visits=(visit, ahead)), "07"),
        (ClicksRecorded(programme_id=PROGRAMME, clicks=(click, preview)), AMBASSADOR),
    ]
