"""Only what the sender wrote anew is read: no earlier mail, no signature, in little time."""

import email
import email.policy
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.plain import html_to_text
from app.reading.quotes import CAP, new_text

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


@pytest.mark.parametrize("quoted", QUOTED_BELOW.values(), ids=QUOTED_BELOW)
def test_earlier_mail_and_signatures_are_cut(quoted: str):
    assert new_text(f"{NEW}\n\n{quoted}\n") == NEW


def test_answers_between_quoted_lines_are_kept():
    mail = "On Mon, Nov 16, 2026 at 9:02 AM Ana <a@x.example> wrote:\n> Is it remote?\nYes.\n> Since when?\nSince May."
    assert new_text(mail) == "Yes.\nSince May."


@pytest.mark.parametrize(
    "said",
    [
        "On Tuesday we spoke and you wrote:\n\nI like it.",
        "On your remote host you can run:\n\n    make",
        "Details of the interview:\n\nDate: Friday\nTime: 10:00\nPlace: Berlin",
        "From: here it is ten minutes on foot.",
        "Sent from my desk, which is nicer than a phone.",
        "And here is a fix -- no signature.",
    ],
)
def test_what_only_looks_like_a_quote_stays(said: str):
    assert new_text(said) == said


@given(
    st.lists(st.sampled_from(["On 1 Jan 2026", "> x", "--", "wrote:", "From: a@b.c", "Sent: 1", "", "text", "____"]))
)
def test_cutting_twice_cuts_no_more_than_cutting_marks(lines: list[str]):
    once = new_text("\n".join(lines))
    assert len(once) <= len("\n".join(lines))
    assert not any(line.startswith(">") for line in once.split("\n"))


@pytest.mark.parametrize(
    "hostile", ["On ", "On \n", "> \n", "From: a\n", "-- \n", "On 12:00 <a@b.c\n", "a.@", "From:\n\n"]
)
def test_hostile_mail_costs_little_time(hostile: str):
    text = (hostile * CAP)[: 4 * CAP]
    new_text(text)
    start = time.perf_counter()
    new_text(text)
    assert time.perf_counter() - start < 0.25  # 0.05 s on an idle machine


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


def _strangers() -> list[tuple[str, str, str]]:
    """Name, text as we get it, and what is new in it."""
    if not STRANGERS.exists():
        pytest.skip("The mail of other programs is not here: ../shared/data/mail is absent.")
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


def test_the_mail_of_strangers_is_cut_as_well():
    assert {name: " ".join(new_text(text).split()) for name, text, _ in _strangers()} == {
        name: " ".join(expected.split()) for name, _, expected in _strangers()
    }


def test_more_of_strangers_mail_is_right_than_with_the_common_library():
    from mailparser_reply import EmailReplyParser

    library = EmailReplyParser(languages=["en", "de", "fr", "es"])
    ours, theirs = [], []
    for _, text, expected in _strangers():
        replies = library.read(text).replies
        ours.append(_overlap(new_text(text), expected))
        theirs.append(_overlap(replies[0].body if replies else "", expected))
    assert sum(ours) > sum(theirs)
    assert ours.count(1.0) > theirs.count(1.0)


def _overlap(found: str, expected: str) -> float:
    """Word F1."""
    a, b = Counter(found.split()), Counter(expected.split())
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))
