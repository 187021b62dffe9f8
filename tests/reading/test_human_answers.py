"""Short letters of people, which no machine wrote and which refuse nothing."""

from datetime import UTC, datetime

import pytest

from app.reading.facts import InboundReading, Kind
from app.reading.inbound import read_inbound
from connectors.message import Address, Message

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def said(text: str, sender: str = "kate@acme.example") -> InboundReading:
    to = (Address("ivo@example.com"),)
    return read_inbound(Message("m", "t", NOON, Address(sender), to=to, subject="Re: Loom fixer", text=text))


@pytest.mark.parametrize(
    "text",
    [
        "Ivo, nothing yet. Try me again in the first week of October. Kate",
        "Hello Ivo, we close for the fortnight from Friday, so nothing happens before the 18th. Kate",
        "Hi Ivo, our HR lady is away until Monday, she has your papers. Kate",
        "Dear Ivo, many thanks for applying. We had a lot of interest and it is taking us longer. Kate",
        "Hi Ivo, I no longer do the hiring, Sam does. He's got your mail. Kate",
        "Ivo, we're short staffed so slow. It's a good letter though. Kate",
        "Thank you for coming all that way, Ivo. We'll talk it over as a family. Kate",
        "Afraid I can't tell you much before the harvest supper. Kate",
        "Ivo, thank you for your patience, the selection is not finished. Kate",
        "Our loom man has handed in his notice, so your timing is good. Kate",
        "Thanks for applying! Unlike most you read the advert. Kate",
    ],
)
def test_who_greets_by_name_signs_or_says_that_nothing_is_decided_has_answered(text: str) -> None:
    assert said(text).kind is Kind.REPLY
    assert not said(text).closure


def test_an_absence_signed_by_hand_stays_one_and_so_does_a_refusal() -> None:
    assert said("I am out of the office until Monday and will answer then. Kate Moor").kind is Kind.OOO
    refused = "Dear Ivo, we have chosen somebody with more years on rapier looms. All the best. Kate"
    assert said(refused).kind is Kind.REJECTION


@pytest.mark.parametrize(
    "text",
    [
        "Ivo, we expect you for the trial on Tuesday, 24 November, at 13:00. Kate",
        "Mr Roth, interview for loom fixer on Tuesday 24 November, 11am.",
        "Ivo, you are down for Thursday at half past two. Ask for me at the gate. Kate",
    ],
)
def test_a_day_and_an_hour_of_an_interview_are_an_invitation(text: str) -> None:
    assert said(text).meeting


def test_who_would_rather_be_rung_forbids_nothing() -> None:
    ring = said("Don't write, just call me any time after four, 902 555 0187. Kate")
    assert ring.no_contact is None
    assert ring.invites_call
    assert said("Please do not write, call me or send anybody. Kate").no_contact == "all"


def test_an_office_that_asks_not_to_be_written_to_again_is_taken_at_its_word() -> None:
    told = (
        "Your application goes through the district only. Please do not contact this office again about it.\nThe Office"
    )
    asked = said(told, sender="dean@college.example")
    assert (asked.kind, asked.no_contact) == (Kind.REPLY, "all")


@pytest.mark.parametrize(
    "text",
    [
        "This is to confirm that we received your e-mail and that I will read it on the train home tonight. Kate",
        "Thank you! Out on site today, more tomorrow. Sent from my phone",
        "Message received, Ivo. Kate is in hospital and I'm sorting her post. I'll get this to whoever stands in. Ruth",
    ],
)
def test_who_signs_writes_on_a_telephone_or_calls_one_by_name_is_a_person(text: str) -> None:
    assert said(text).kind is Kind.REPLY


def test_a_day_to_come_on_is_no_day_to_decide_by() -> None:
    come = said("Come on Wednesday 25 November at 8:00, we try you out. Kate")
    assert come.promise is None
    assert come.meeting


def test_who_hardly_reads_mail_forbids_no_call() -> None:
    assert said("I don't do emails, phone me instead: 01632 960 114. Kate").no_contact is None


def test_an_invitation_to_knock_again_names_the_day_it_holds_from() -> None:
    knock = said("Quiet just now. Knock again the first week of December, we know more then. Kate").promise
    assert knock is not None
    assert knock.invites


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for coming in for the interview yesterday Ivo, it was good to meet.",
        "Dear Ivo, thanks for coming in again, the partners enjoyed it. We have one more person to see. Kate",
        "Ivo, thank you for the talk today. My brother liked your hands. Kate",
    ],
)
def test_who_looks_back_fondly_and_takes_nothing_back_refuses_nobody(text: str) -> None:
    assert not said(text).closure


def test_an_office_that_greets_by_name_and_is_signed_with_one_has_answered() -> None:
    told = "Dear Ivo, shortlisting is under way and we will be in touch within two weeks. Dawn, Resourcing"
    answer = said(told, sender="resourcing@acme.example")
    assert answer.kind is Kind.REPLY
    assert answer.promise is not None
