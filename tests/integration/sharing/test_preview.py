import asyncio

import pytest

from libs.clock import new_id
from tests.integration.sharing.scene import ENGLISH, FRENCH, OTHER, OWN, Member, Scene
from tests.support.answers import refusal

MEASURES = (
    "words",
    "copied",
    "own_words",
    "originality",
    "passages",
    "caption_id",
    "parrot",
    "self_repeats",
    "text",
)


@pytest.fixture
async def alice(scene: Scene) -> Member:
    return await scene.member()


async def test_a_copied_caption_has_no_originality(scene: Scene, alice: Member) -> None:
    found = await alice.preview(f"\n  {FRENCH} \n")
    assert (found["originality"], found["own_words"], found["caption_id"]) == (0.0, 0, str(scene.french))
    assert found["text"] == FRENCH
    assert [FRENCH[passage["start"] : passage["end"]] for passage in found["passages"]] == [FRENCH.rstrip(".")]
    assert [advice["code"] for advice in found["advice"]] == ["copies_suggestion", "few_own_words"]
    assert found["advice"][0]["sentence"] == "100 % of this stands in the suggestion: say it your way."


async def test_the_caption_of_another_network_and_language_counts_as_well(scene: Scene, alice: Member) -> None:
    found = await alice.preview(ENGLISH, network="x")
    assert (found["originality"], found["caption_id"]) == (0.0, str(scene.english))


async def test_own_words_are_original_and_earn_no_advice(alice: Member) -> None:
    found = await alice.preview(OWN)
    assert (found["originality"], found["copied"], found["passages"]) == (1.0, 0, [])
    assert (found["words"], found["own_words"], found["advice"]) == (30, 30, [])


async def test_own_words_around_a_copied_half_are_told_apart(alice: Member) -> None:
    half = " ".join(ENGLISH.split()[:15])
    found = await alice.preview(f"{OWN} {half}")
    text = found["text"]
    assert [text[passage["start"] : passage["end"]] for passage in found["passages"]] == [half]
    assert (found["words"], found["copied"]) == (45, 15)
    assert found["originality"] == round(1 - 15 / 45, 4)


async def test_a_text_without_words_has_no_originality(alice: Member) -> None:
    found = await alice.preview("https://example.org/post @lumen 🎉")
    assert (found["words"], found["originality"], found["caption_id"]) == (0, 0.0, None)


async def test_advice_is_in_the_language_of_the_ambassador(scene: Scene) -> None:
    french = await scene.member(language="fr-FR")
    found = await french.preview(FRENCH)
    assert found["advice"][0]["sentence"] == "100 % de ce texte vient de la suggestion : dites-le à votre façon."


async def test_advice_counts_colleagues_who_said_it(scene: Scene, alice: Member) -> None:
    for _ in range(2):
        await (await scene.member()).share(OWN)
    scene.clock.forward(minutes=1)
    found = await alice.preview(OWN)
    assert found["advice"] == [
        {"code": "colleagues_said_it", "sentence": "2 posts of colleagues already say nearly this."}
    ]
    assert found["parrot"] == {"index": 1.0, "colleagues": 2, "k": 2.0}


async def test_a_preview_needs_no_consent_and_writes_nothing(scene: Scene) -> None:
    person = await scene.member(consent=False)
    before = await scene.sharing.rows("SELECT count(*) AS n FROM share")
    await person.preview(OWN)
    assert await scene.sharing.rows("SELECT count(*) AS n FROM share") == before
    assert not await scene.sharing.rows(
        "SELECT 1 FROM outbox WHERE convert_from(payload, 'UTF8') LIKE '%share.published%'"
    )


async def test_a_share_is_measured_as_it_was_previewed(scene: Scene, alice: Member) -> None:
    await (await scene.member()).share(OWN)
    await alice.share(OTHER)
    scene.clock.forward(minutes=1)
    text = f"  {OTHER} {' '.join(FRENCH.split()[:12])} {' '.join(OWN.split()[:20])}"
    previewed, shared = await alice.preview(text), await alice.share(text)
    assert {name: previewed[name] for name in MEASURES} == {name: shared[name] for name in MEASURES}
    assert previewed["copied"] > 0
    assert previewed["parrot"]["k"] == 0
    assert previewed["self_repeats"] == 0


async def test_previews_are_counted(scene: Scene, alice: Member) -> None:
    async def count() -> float:
        page = (await scene.sharing.stranger().get("/metrics")).text
        line = next(line for line in page.splitlines() if line.startswith("sharing_previews_total{"))
        return float(line.split()[-1])

    before = await count()
    await asyncio.gather(alice.preview(OWN), alice.preview(OTHER))
    assert await count() == before + 2


async def test_who_is_not_enrolled_gets_no_preview(scene: Scene, alice: Member) -> None:
    body = alice.body(OWN)
    assert refusal(await scene.person().post("/shares:preview", body)) == (409, "not-enrolled", [])
    assert refusal(await scene.manager().post("/shares:preview", body))[:2] == (403, "missing-scope")
    foreign = scene.sharing.caller("ambassador", programmes=[new_id()], subject=alice.caller.subject)
    assert refusal(await foreign.post("/shares:preview", body))[:2] == (403, "foreign-programme")


@pytest.mark.parametrize(
    ("field", "value", "slug"),
    [
        ("item_id", "01890a5d-ac96-774b-bcce-b302099a8057", "unknown-item"),
        ("item_id", "seven", "invalid-request"),
        ("network", "myspace", "invalid-request"),
        ("text", " \n ", "invalid-request"),
        ("text", "x" * 10_001, "invalid-request"),
        ("text", "a\u0000b", "invalid-request"),
        ("text", None, "invalid-request"),
        ("published_at", "2026-11-18T12:00:00Z", "invalid-request"),
    ],
)
async def test_a_bad_draft_names_the_field(alice: Member, field: str, value: object, slug: str) -> None:
    answer = await alice.caller.post("/shares:preview", {**alice.body(OWN), field: value})
    assert refusal(answer) == (422, slug, [field])


async def test_half_a_surrogate_pair_is_refused_and_not_a_fault(alice: Member) -> None:
    raw = b'{"programme_id": "%s", "network": "x", "text": "\\ud83d"}' % str(alice.programme_id).encode()
    headers = {"content-type": "application/json"}
    answer = await alice.caller.post("/shares:preview", content=raw, headers=headers)
    assert refusal(answer) == (422, "invalid-request", ["text"])
