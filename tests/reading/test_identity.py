"""One letter, one key; an answer names the keys it answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.reading.identity import keys_of, message_key, reference_keys
from connectors.message import Address, Message

LETTER = Message(
    "p1",
    "t1",
    datetime(2026, 11, 9, 9, 30, 10, tzinfo=UTC),
    Address("ana@example.com", "Ana"),
    to=(Address("dana@acme.example"),),
    subject="Application",
    message_id="<one@example.com>",
)


def test_a_key_has_32_hex_digits():
    assert len(message_key(LETTER)) == 16
    int(message_key(LETTER), 16)


def test_the_key_is_the_same_in_another_mailbox_and_folder():
    copy = replace(LETTER, provider_message_id="p9", provider_thread_id="t9", at=LETTER.at + timedelta(minutes=2))
    assert message_key(copy) == message_key(LETTER)


def test_an_answer_names_the_letter_it_answers():
    answer = replace(LETTER, message_id="<two@acme.example>", references=(" one@example.com ", "<one@example.com>"))
    assert reference_keys(answer) == (message_key(LETTER),)


def test_in_reply_to_alone_is_enough():
    answer = replace(LETTER, message_id=None, headers={"in-reply-to": "<one@example.com>"})
    assert reference_keys(answer) == (message_key(LETTER),)


def test_without_a_message_id_the_letter_itself_is_the_key():
    bare = replace(LETTER, message_id=None)
    assert message_key(bare) == message_key(replace(bare, at=bare.at + timedelta(seconds=30)))
    assert message_key(bare) != message_key(replace(bare, subject="Another"))
    assert message_key(bare) != message_key(replace(bare, at=bare.at + timedelta(minutes=1)))


def test_a_flood_of_references_is_capped():
    assert len(keys_of(f"<{number}@x.example>" for number in range(5000))) == 200
