"""The sample mailboxes hold every row of the product's table, the same way every time."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.simulator import SimulatorConfig, create_simulator
from connectors.simulator.mailbox import Item, Mailbox
from connectors.simulator.sample import posts
from connectors.simulator.sample_scenes import ROWS, calls, workday

TODAY = date(2026, 11, 22)


def boxes(today: date, seed: int = 1) -> list[Mailbox]:
    now = datetime(today.year, today.month, today.day, 0, 5, tzinfo=UTC)
    found: list[Mailbox] = create_simulator(SimulatorConfig(seed=seed), clock=lambda: now).state.world.mailboxes
    return found


@pytest.fixture(scope="module")
def mail() -> dict[str, Item]:
    """By name; a message in both mailboxes is shown from Outlook's."""
    return {item.name: item for box in boxes(TODAY) for item in box.items.values()}


def test_every_row_is_played(mail: dict[str, Item]) -> None:
    assert {row for item in mail.values() for row in item.plays} == set(ROWS)


def test_there_are_more_than_two_hundred_messages_within_ninety_days(mail: dict[str, Item]) -> None:
    assert len(mail) > 200
    oldest = min(item.at for item in mail.values())
    assert timedelta(85) < datetime(2026, 11, 22, tzinfo=UTC) - oldest < timedelta(92)


def test_dana_was_written_to_thirteen_six_and_three_days_ago_and_is_silent(mail: dict[str, Item]) -> None:
    letters = [item for item in mail.values() if not item.is_draft]
    sent = [item for item in letters if ("Dana Reyes", "dana@northwind.example") in item.letter.recipients]
    assert sorted((TODAY - item.at.date()).days for item in sent) == [3, 6, 13]
    assert not [item for item in mail.values() if item.letter.sender[1].endswith("northwind.example")]
    assert len({item.thread for item in sent}) == 1


@settings(max_examples=12, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_on_any_day_the_mail_is_complete_and_none_of_it_from_the_future(today: date) -> None:
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    names = set()
    for box in boxes(today):
        assert all(item.at < now for item in box.items.values())
        names |= {item.name for item in box.items.values()}
    assert len(names) > 200


def test_the_same_seed_and_day_give_the_same_bytes_ids_and_history() -> None:
    def told() -> list[tuple[bytes, str, str, int]]:
        posts.cache_clear()
        found = [item for box in boxes(TODAY) for item in box.newest_first()]
        return [(item.letter.raw, item.gmail_id, item.thread, item.history) for item in found]

    assert told() == told()


def test_another_seed_gives_other_ids() -> None:
    first, second = ({item.gmail_id for item in boxes(TODAY, seed)[0].items.values()} for seed in (1, 2))
    assert not first & second


def test_every_message_can_be_read_and_says_when_and_by_whom(mail: dict[str, Item]) -> None:
    for item in mail.values():
        letter = message_from_bytes(item.letter.raw)
        assert not [part.defects for part in letter.walk() if part.defects]
        assert abs(parsedate_to_datetime(letter["Date"]) - item.at) < timedelta(minutes=1)
        assert item.letter.sender[1].endswith(".example") or item.letter.sender[1].endswith("@example.com")
        assert letter["Message-ID"]


def test_no_line_is_longer_than_mail_allows(mail: dict[str, Item]) -> None:
    assert max(len(line) for item in mail.values() for line in item.letter.raw.split(b"\n")) <= 998


def test_answers_point_at_what_they_answer(mail: dict[str, Item]) -> None:
    known = {item.letter.message_id for item in mail.values()}
    referenced = {reference for item in mail.values() for reference in item.letter.references}
    assert referenced <= known


def test_the_bounce_names_the_follow_up_that_did_not_arrive(mail: dict[str, Item]) -> None:
    report = mail["oldmill-bounce"].letter
    status = next(part for part in report.message.walk() if part.get_content_type() == "message/delivery-status")
    assert "petra@oldmill.example" in status.as_string()
    assert "5.2.2" in status.as_string()
    assert mail["oldmill-follow-up-2"].letter.message_id in report.raw.decode()


def test_the_calls_to_log_are_with_people_of_the_sample(mail: dict[str, Item]) -> None:
    people = {address for item in mail.values() for _, address in item.letter.recipients}
    assert {call.recipient for call in calls(TODAY)} <= people
    assert {call.outcome for call in calls(TODAY)} == {"no_answer", "message_left", "spoke"}


@given(st.dates(), st.integers(-30, 30))
def test_a_promised_day_is_never_a_week_end_nor_early(today: date, days: int) -> None:
    if date.min + timedelta(40) < today < date.max - timedelta(40):
        found = workday(today, days)
        assert found.weekday() < 5
        assert timedelta() <= found - (today + timedelta(days=days)) <= timedelta(2)
