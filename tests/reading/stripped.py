"""Mails with what is new in them: how many programs quote, and what strangers' programs wrote where that is here."""

import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from app.reading.plain import html_to_text

STRANGERS = Path(__file__).parents[3] / "shared" / "data" / "mail"
NEW = "Thanks, that works.\n\nSee you then."
OWN = "> in two weeks?"

QUOTED_BELOW = {
    "gmail": "On Mon, Nov 16, 2026 at 9:02 AM Ana Ruiz <ana@example.com> wrote:\n> in two weeks?",
    "gmail wrapped": "On Mon, Nov 16, 2026 at 9:02 AM Ana Ruiz\n<ana@example.com>\nwrote:\n\n> in two weeks?",
    "gmail without marks": "On Mon, Nov 16, 2026 at 9:02 AM Ana Ruiz <ana@example.com> wrote:\n\nin two weeks?",
    "outlook": "From: Ana <ana@example.com>\nSent: Monday, November 16, 2026\nTo: Rita\nSubject: Hi\n\nin two weeks?",
    "outlook with a rule": "________________________________\nFrom: Ana Ruiz\nSent: Monday\nTo: Rita\n\nin two weeks?",
    "outlook mobile": "Get Outlook for iOS\n________________________________\nFrom: Ana\nDate: Monday\n\nin two weeks?",
    "original message": "-----Original Message-----\nFrom: Ana\nSent: Monday\n\nin two weeks?",
    "apple": "> On 16 Nov 2026, at 09:02, Ana Ruiz <ana@example.com> wrote:\n>\n> in two weeks?",
    "mobile": "Sent from my iPhone\n\nOn Nov 16, 2026, at 9:02 AM, Ana <ana@example.com> wrote:\n\nin two weeks?",
    "german": "Am Mo., 16. Nov. 2026 um 09:02 Uhr schrieb Ana Ruiz <\nana@example.com>:\n\n> in two weeks?",
    "german outlook": "Von: Ana\nGesendet: Montag, 16. November 2026\nAn: Rita\nBetreff: Hallo\n\nin two weeks?",
    "german original": "-----Ursprüngliche Nachricht-----\nVon: Ana\nGesendet: Montag\n\nin two weeks?",
    "french": "Le lun. 16 nov. 2026 à 09:02, Ana Ruiz <ana@example.com> a écrit :\n\n> in two weeks?",
    "french outlook": "De : Ana Ruiz\nEnvoyé : lundi 16 novembre 2026\nÀ : Rita\nObjet : Bonjour\n\nin two weeks?",
    "spanish": "El lun, 16 nov 2026 a las 9:02, Ana Ruiz (<ana@example.com>) escribió:\n\n> in two weeks?",
    "spanish outlook": "De: Ana\nEnviado el: lunes, 16 de noviembre\nPara: Rita\nAsunto: Hola\n\nin two weeks?",
    "signature": "-- \nRita Roe\nTalent, Acme\nin two weeks?",
    "footer": "CONFIDENTIALITY NOTICE: this may be read in two weeks by nobody.",
}

# What strangers' mail programs wrote: the lines that are new in each file, by their numbers.
NEW_LINES = {
    "email_1_1": [(0, 6)],
    "email_1_2": [(0, 1), (8, 34)],
    "email_1_3": [(0, 4)],
    "email_1_4": [(0, 1)],
    "email_1_5": [(0, 99)],
    "email_1_6": [(0, 1)],
    "email_1_7": [(0, 1)],
    "email_1_8": [(12, 13), (18, 19)],
    "email_2_1": [(0, 1)],
    "email_2_2": [(0, 1)],
    "email_2_3": [(0, 1)],
    "email_BlackBerry": [(0, 1)],
    "email_iPhone": [(0, 1)],
    "email_multi_word_sent_from_my_mobile_device": [(0, 1)],
    "email_bullets": [(0, 9)],
    "email_one_is_not_on": [(0, 5)],
    "email_sent_from_my_not_signature": [(0, 9)],
    "email_sig_delimiter_in_middle_of_line": [(0, 20)],
    "correct_sig": [(0, 1)],
    "greedy_on": [(0, 6)],
    "pathological": [(0, 2)],
}


def strangers() -> list[tuple[str, str, str]]:
    """Name, text as we get it, and what is new in it; nothing where the mail of other programs is not here."""
    if not STRANGERS.exists():
        return []
    rows = []
    for name, ranges in NEW_LINES.items():
        text = (STRANGERS / "github-reply-parser" / f"{name}.txt").read_text()
        lines = text.split("\n")
        rows.append((name, text, "\n".join("\n".join(lines[first:last]) for first, last in ranges)))
    for path in sorted((STRANGERS / "talon" / "standard_replies").glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        rows.append((path.name, mail.get_body(("plain",)).get_content(), "Hello"))
    pages = sorted((STRANGERS / "talon" / "html_replies").glob("*.html"))
    return rows + [(page.name, html_to_text(page.read_text()), "Hi. I am fine. Thanks, Alex") for page in pages]


def mails_with_new_text() -> Iterator[tuple[str, str]]:
    """Every mail as it came, and what is new in it."""
    yield from ((f"{NEW}\n\n{quoted}\n", NEW) for quoted in QUOTED_BELOW.values())
    yield from ((text, expected) for _, text, expected in strangers())


def overlap(found: str, expected: str) -> float:
    """Word F1."""
    a, b = Counter(found.split()), Counter(expected.split())
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))
