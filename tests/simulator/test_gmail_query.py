"""Search words mean what Gmail's help says they mean."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.simulator.gmail_query import parse_query
from connectors.simulator.mailbox import Mailbox
from connectors.simulator.mime import head

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LETTERS = {
    "sent": ("ana@example.com", "rita@acme.example", "Application", "sentitems", 1),
    "reply": ("rita@acme.example", "ana@example.com", "Re: Application", "inbox", 2),
    "spam": ("win@prize.example", "ana@example.com", "You won", "junkemail", 3),
    "trash": ("shop@paper.example", "ana@example.com", "Your order", "deleteditems", 4),
    "old": ("mum@family.example", "ana@example.com", "Sunday lunch", "inbox", 400),
    "chat": ("ben@friends.example", "ana@example.com", "", "conversationhistory", 5),
}


@pytest.fixture(scope="module")
def box() -> Mailbox:
    made = Mailbox("google", "ana@example.com", "Ana Berg", "1", 1)
    for key, (sender, to, subject, folder, days) in LETTERS.items():
        at = datetime.fromtimestamp(NOW.timestamp() - days * 86_400, tz=UTC)
        letter = head(("", sender), [("", to)], subject, at)
        letter.set_content(f"about the {key} matter")
        made.add(letter.as_bytes(), at, folder, name=key)
    return made


def found(box: Mailbox, words: str) -> set[str]:
    query = parse_query(words, box, NOW)
    hidden = ("junkemail", "deleteditems")
    items = [item for item in box.items.values() if query.hidden_too or item.folder not in hidden]
    return {item.name for item in items if query.matches(item)}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", {"sent", "reply", "old", "chat"}),
        ("in:sent", {"sent"}),
        ("-in:sent -in:chats", {"reply", "old"}),
        ("in:anywhere", set(LETTERS)),
        ("in:spam", {"spam"}),
        ("from:rita@acme.example", {"reply"}),
        ("from:rita", {"reply"}),
        ("from:rit", set()),
        ("from:me", {"sent"}),
        ("to:rita@acme.example", {"sent"}),
        ("in:sent to:rita@acme.example", {"sent"}),
        ("from:(rita@acme.example OR mum@family.example)", {"reply", "old"}),
        ("{from:rita@acme.example from:mum@family.example}", {"reply", "old"}),
        ("(in:sent to:rita@acme.example) OR from:mum@family.example", {"sent", "old"}),
        ("subject:application", {"sent", "reply"}),
        ('subject:"sunday lunch"', {"old"}),
        ('"sunday lunch"', {"old"}),
        ("lunch -sunday", set()),
        ("newer_than:1y", {"sent", "reply", "chat"}),
        ("older_than:1y", {"old"}),
        ("newer_than:2d", {"sent", "reply"}),
        (f"after:{int(NOW.timestamp()) - 86_400}", {"sent"}),
        (f"before:{int(NOW.timestamp()) - 86_400 * 10}", {"old"}),
        ("after:2026/11/20", {"sent", "reply"}),
        ("is:unread", set()),
    ],
)
def test_words_find_what_they_should(box: Mailbox, words: str, names: set[str]) -> None:
    assert found(box, words) == names


def test_a_date_means_midnight_on_the_pacific_coast(box: Mailbox) -> None:
    assert "sent" not in found(box, "after:2026/11/22")
    assert found(box, "before:2026/11/21") >= {"reply"}
    assert "sent" in found(box, "after:2026/11/21")


def test_a_message_id_finds_its_message_with_or_without_brackets(box: Mailbox) -> None:
    key = next(item.letter.message_id for item in box.items.values() if item.name == "reply")
    assert found(box, f"rfc822msgid:{key}") == found(box, f"rfc822msgid:{key.strip('<>')}") == {"reply"}


_OPERATOR = st.from_regex(
    r"-?(after|before|newer_than|older_than|larger|labelled|_init__|in|is|from|all_of):", fullmatch=True
)
_VALUE = (
    st.text(max_size=9)
    | st.integers(0).map(str)
    | st.from_regex(r"[0-9]{1,30}[dmy]", fullmatch=True)
    | st.just("²³" * 9)
)


@example([("labelled:", "x"), ("after:", "9" * 17), ("newer_than:", "9" * 12 + "d"), ("before:", "²³" * 9)])
@given(st.lists(st.tuples(_OPERATOR | st.text('abin:sent-"(){}OR \\', max_size=20), _VALUE), max_size=6))
def test_no_text_is_no_query(terms: list[tuple[str, str]]) -> None:
    box = Mailbox("google", "ana@example.com", "Ana", "1", 1)
    for term in ("".join(each) for each in terms):
        parse_query(term, box, NOW)
    parse_query(" ".join(map("".join, terms)), box, NOW)


@given(st.sampled_from(["in:sent", "from:rita", "subject:application", "newer_than:3d"]))
def test_a_term_and_its_negation_part_the_mailbox(box: Mailbox, words: str) -> None:
    everything = found(box, "in:anywhere")
    yes, no = found(box, f"in:anywhere {words}"), found(box, f"in:anywhere -{words}")
    assert yes | no == everything
    assert not yes & no
