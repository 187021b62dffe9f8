"""The book of rules: the promised ids in the promised order, and a catalogue that can be shown as it is."""

import json

from app.cadence.rules.book import RULES, catalogue

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


def test_the_catalogue_is_plain_json_and_complete() -> None:
    cards = json.loads(json.dumps(catalogue()))
    assert [card["id"] for card in cards] == IN_ORDER
    assert all(card["title"] and card["why"] and card["source"] and card["levels"] for card in cards)


def test_the_catalogue_shows_the_waits_of_every_stage() -> None:
    waits = {card["id"]: card["parameters"] for card in catalogue()}["too-soon"]
    assert waits["applied"] == "7, then 10 working days"
    assert len(waits) == 7
