"""Sent mail read once, when it is synced: signals, the stage it speaks of, whether it passes on somebody's mail."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.cadence.thread import Stage
from app.reading.outbound import read_draft, read_sent
from connectors.message import Message

SENT = Message(provider_message_id="m1", provider_thread_id="t1", at=datetime(2026, 11, 16, 9, tzinfo=UTC), sender=None)


def test_sent_text_is_read_like_a_draft() -> None:
    text = "Hi Dana, any news on my application?\n\n> earlier mail"
    assert read_sent(replace(SENT, text=text)).signals == read_draft("email", "", text)


def test_html_is_read_where_there_is_no_text_and_its_quotes_do_not_count() -> None:
    html = '<div>Any news?</div><div class="gmail_quote">Attached is the sample you asked for.</div>'
    signals = read_sent(replace(SENT, html=html)).signals
    assert signals.empty
    assert signals.value == ()


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("I would like to apply for the position of night nurse. My CV is attached.", Stage.APPLIED),
        ("Could I ask you for a coffee? I'd like to learn how you moved from teaching to design.", Stage.NETWORKING),
        ("Are you hiring? I admire your work on old looms.", Stage.COLD),
        ("Thank you for the interview on Tuesday.", Stage.INTERVIEW),
        ("Thank you for the phone screen this morning.", Stage.SCREEN),
        ("I enjoyed the final round with the whole team.", Stage.FINAL),
        ("Thank you for your offer letter, I will sign it today.", Stage.OFFER),
        ("Happy birthday, Rita!", None),
    ],
)
def test_the_stage_is_the_furthest_one_it_speaks_of(text: str, stage: Stage | None) -> None:
    assert read_sent(replace(SENT, text=text)).cue == stage


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: Interview", "See below"),
        ("WG: Termin", "Zur Kenntnis"),
        ("TR: Entretien", "Pour info"),
        ("Interview", "Look!\n\n---------- Forwarded message ---------\nFrom: Dana"),
        ("Interview", "Look!\n\nBegin forwarded message:\n\nFrom: Dana"),
    ],
)
def test_a_forward_is_noticed(subject: str, text: str) -> None:
    assert read_sent(replace(SENT, subject=subject, text=text)).forward


def test_an_answer_is_no_forward() -> None:
    assert not read_sent(replace(SENT, subject="Re: Interview", text="Thank you!")).forward


def test_a_forward_marked_only_in_html_is_noticed() -> None:
    html = '<div>Look!</div><div class="gmail_quote">---------- Forwarded message ---------<br>From: Dana</div>'
    assert read_sent(replace(SENT, subject="Interview", html=html)).forward
