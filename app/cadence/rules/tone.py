"""Rules about how a text sounds. They need its signals and speak on every thread, also on a first letter."""

from app.cadence.rules.case import Case, Finding, Rule
from app.cadence.verdict import Level


def annoyed_tone(case: Case) -> Finding | None:
    """What sounds so by a little is believed only of somebody who waits for an answer or was turned down."""
    signals, closure = case.signals, case.cadence.closure
    if not (signals.annoyed or signals.threat) or (signals.barely_annoyed and not _has_grounds(case)):
        return None
    harsh = signals.threat or (closure is not None and closure.by_them and not signals.barely_annoyed)
    sounds = "sounds" if case.by_phone else "reads as"
    instead = (
        "Call when you are calm; tomorrow is early enough."
        if case.by_phone
        else "Keep it as a draft, sleep on it, then say it in neutral words."
    )
    message = f"This {sounds} hurt. You may be right, and it will not help you."
    return Finding(Level.STOP if harsh else Level.HOLD, message, instead)


def _has_grounds(case: Case) -> bool:
    """A day that has passed is a ground, unless they asked to be reminded of it."""
    word = case.cadence.promise
    overdue = word is not None and not word.promise.invites and case.cadence.today > word.end
    return overdue or bool(case.cadence.streak) or case.cadence.closure is not None


def pressure_tone(case: Case) -> Finding | None:
    if not case.signals.pressure or case.signals.competing_offer:
        return None
    message = "A deadline without an offer behind it reads as a threat."
    return Finding(Level.HOLD, message, "Ask for their timeline instead.")


def pleading_tone(case: Case) -> Finding | None:
    signals = case.signals
    if signals.pleading and not signals.apologetic:
        message = "This asks from need; what you bring gets lost behind it."
        return Finding(Level.CAUTION, message, "Keep the shorter version: what you offer, and one question.")
    practical = signals.logistics or signals.correction
    if signals.pleading or (signals.apologetic and case.chases and not practical):
        return Finding(Level.NOTE, "You do not need to apologise for asking.", "Leave the apology out.")
    return None


RULES = (
    Rule(
        id="annoyed-tone",
        rank=20,
        title="This reads as hurt",
        why="Hurt drowns out whatever else a message says; a calm text a day later loses nothing.",
        source="Ask a Manager 2007-08; Boomerang: hostile is worse than neutral",
        levels=(Level.HOLD, Level.STOP),
        find=annoyed_tone,
        yields=False,
        softens=False,
        sleep_on_it=True,
    ),
    Rule(
        id="pressure-tone",
        rank=21,
        title="This puts them under pressure",
        why="A deadline works when an offer stands behind it, and only then.",
        source="Practice",
        levels=(Level.HOLD,),
        find=pressure_tone,
        yields=False,
        softens=False,
    ),
    Rule(
        id="pleading-tone",
        rank=66,
        title="This asks from need",
        why="A short text with something to offer is answered more often than a plea.",
        source="Boomerang: 50-125 words; practice",
        levels=(Level.NOTE, Level.CAUTION),
        find=pleading_tone,
        yields=False,
        softens=False,
    ),
)
