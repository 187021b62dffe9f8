"""Only what the sender wrote anew is read: no earlier mail, no signature, in little time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.drafts.own_words import own_words
from app.reading.quotes import CAP, new_text, without_long_quotes
from tests.reading.stripped import NEW, QUOTED_BELOW, mails_with_new_text, overlap, strangers

_BESIDE_QUOTES = (
    *("> x", "> x", "> y\n> y\n> y\n> y\n> y", "> y\n> y\n> y\n> y\n> y", " > z", "> From: a", "On 1 Jan 2026"),
    *("Rita wrote:", "--", "", "From: a@b.c", "Sent: 1", "Any news?\r", "-----Original Message-----"),
)


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


@given(st.lists(st.sampled_from(_BESIDE_QUOTES)))
def test_of_a_long_quote_four_lines_tell_as_much_as_all(lines: list[str]):
    text = "\n".join(lines)
    assert own_words(without_long_quotes(text)) == own_words(text)


@pytest.mark.parametrize(
    "hostile", ["On ", "On \n", "> \n", "From: a\n", "-- \n", "On 12:00 <a@b.c\n", "a.@", "From:\n\n"]
)
def test_hostile_mail_costs_little_time(hostile: str):
    text = (hostile * CAP)[: 4 * CAP]
    new_text(text)
    start = time.process_time()
    new_text(text)
    assert time.process_time() - start < 0.25  # 0.05 s on an idle machine


def test_the_mail_of_strangers_is_cut_as_well():
    if not strangers():
        pytest.skip("The mail of other programs is not here: ../shared/data/mail is absent.")
    assert {name: " ".join(new_text(text).split()) for name, text, _ in strangers()} == {
        name: " ".join(expected.split()) for name, _, expected in strangers()
    }


def test_more_mail_is_cut_right_than_with_the_common_library():
    from mailparser_reply import EmailReplyParser

    library = EmailReplyParser(languages=["en", "de", "fr", "es"])
    ours, theirs = [], []
    for text, expected in mails_with_new_text():
        replies = library.read(text).replies
        ours.append(overlap(new_text(text), expected))
        theirs.append(overlap(replies[0].body if replies else "", expected))
    assert sum(ours) > sum(theirs)
    assert ours.count(1.0) > theirs.count(1.0)
