"""Posts about company life, in French and in English, for tests of the measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """One caption of about 64 words and what people put around it, all in one language."""

    caption: str
    unrelated: str
    own_sentence: str
    boilerplate: str
    fillers: tuple[str, ...]


FRENCH = Texts(
    caption=(
        "Notre équipe de Lyon vient d'ouvrir un atelier où chacun peut apporter une machine en panne. "
        "Pendant trois mois, quinze collègues ont appris à réparer des cafetières, des perceuses et même "
        "un vieux vélo. Le résultat dépasse nos espérances : deux tonnes de matériel sauvées de la décharge. "
        "Merci à tous les bénévoles qui ont donné leur temps, et rendez-vous jeudi pour la prochaine séance."
    ),
    unrelated=(
        "Je cherche une alternante ou un alternant en comptabilité pour la rentrée. Vous aimez les chiffres, "
        "les tableaux bien rangés et les fins de mois animées ? Notre service compte six personnes, un baby-foot "
        "et beaucoup de patience. Aucune expérience exigée, nous formons nous-mêmes. Écrivez-moi avec deux lignes "
        "sur votre plus belle erreur de calcul, je réponds avant vendredi soir, promis."
    ),
    own_sentence="Samedi ma fille a rapporté son robot cassé et nous l'avons remonté ensemble, quel bonheur ! ",
    boilerplate=(
        " Fondée voilà quarante ans, notre maison accompagne partout les industriels européens vers une production "
        "sobre, sûre puis durable ; elle emploie aujourd'hui douze mille salariés dans vingt pays, publie chaque "
        "année son bilan carbone complet, relu par nos clients."
    ),
    fillers=("vraiment", "franchement", "carrément", "tellement", "sincèrement"),
)

ENGLISH = Texts(
    caption=(
        "Our team in Lyon has just opened a workshop where anyone can bring a machine that no longer works. "
        "Over three months, fifteen colleagues learned to repair coffee makers, drills and even an old bicycle. "
        "The outcome exceeds our hopes: two tonnes of equipment saved from landfill. "
        "Thank you to all the volunteers who gave their time, and see you on Thursday for the next session."
    ),
    unrelated=(
        "I am looking for an accounting apprentice to join us after summer. Do you enjoy figures, tidy tables and "
        "lively closings? We are six people with one table football and plenty of patience. No experience required, "
        "since we train newcomers ourselves. Write me two lines about your finest arithmetic mistake and I will "
        "answer before Friday evening, promised."
    ),
    own_sentence="My daughter brought her broken robot last Saturday and we fixed it together, what a joy! ",
    boilerplate=(
        " Founded forty years ago, our house helps European manufacturers everywhere towards frugal, safe and "
        "lasting production; it now employs twelve thousand people across twenty countries, publishes its carbon "
        "balance each spring while devoting five percent of revenue towards fundamental research."
    ),
    fillers=("really", "honestly", "truly", "frankly", "simply"),
)

LANGUAGES = {"french": FRENCH, "english": ENGLISH}
TRANSLATED = {"french": ENGLISH.caption, "english": FRENCH.caption}
"""The same caption in the other language."""
