"""The book of rules: the promised ids in the promised order, each able to tell about itself."""

import json

from app.cadence.rules.book import RULES
from app.cadence.thread import Stage

IN_ORDER = [
    *("no-contact-request", "after-rejection"),
    *("annoyed-tone", "pressure-tone"),
    *("silence-is-an-answer", "too-many-unanswered"),
    *("voicemail-streak", "call-without-voicemail", "touch-burst"),
    *("promise-pending", "recipient-away", "role-on-hold", "answer-them-first"),
    *("email-paper-trail", "repeat-without-value", "duplicate-text"),
    *("too-soon", "channel-hopping", "call-not-invited", "pleading-tone"),
    "bounced-address",
    *("empty-follow-up", "holiday-window"),
]


def test_the_rules_speak_in_the_promised_order() -> None:
    assert [rule.id for rule in RULES] == IN_ORDER


def test_no_two_rules_share_a_rank() -> None:
    assert len({rule.rank for rule in RULES}) == len(RULES)


def test_every_rule_tells_about_itself_in_plain_values() -> None:
    told = [(rule.title, rule.why, rule.source, list(rule.levels), dict(rule.parameters)) for rule in RULES]
    assert json.loads(json.dumps(told)) == [list(each) for each in told]
    assert all(title and why and source and levels for title, why, source, levels, _ in told)


def test_the_waits_of_every_stage_are_shown() -> None:
    waits = next(rule.parameters for rule in RULES if rule.id == "too-soon")
    assert waits["applied"] == "7 (best 8), then 10 working days"
    assert len(waits) == len(Stage)
