"""A repeated text is found by its signature, a different one is not, and the words cannot be read from it."""

from hypothesis import given
from hypothesis import strategies as st

from app.cadence.policy import DUPLICATE_SHARE
from app.cadence.rules import value
from app.reading.drafts.signature import signature_of

LETTER = (
    "I wrote up how we cut returns by eighteen percent in the spring, with the label step moved before boxing. "
    "The part on shift handovers may interest you most, since you said the night team loses an hour there. "
    "I would be glad to walk you through it on Tuesday or Thursday after two."
)
WORDS = st.lists(st.sampled_from(list("abcdefghijklmnopqrstuvwxyz")), min_size=30, max_size=60)


def similarity(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return value.similarity(frozenset(one), frozenset(other))


def test_the_same_text_is_the_same_and_an_edited_one_nearly() -> None:
    signature = signature_of(LETTER)
    assert similarity(signature, signature_of(LETTER.upper() + "\n")) == 1
    assert similarity(signature, signature_of(LETTER.replace("Tuesday", "Monday"))) > 0.7


def test_a_letter_with_one_new_word_is_still_the_same_letter() -> None:
    words = LETTER.split()
    edited = [" ".join([*words[:at], "otherwise", *words[at + 1 :]]) for at in range(len(words))]
    found = [similarity(signature_of(LETTER), signature_of(text)) >= DUPLICATE_SHARE for text in edited]
    assert sum(found) >= 0.95 * len(found)


def test_another_text_is_another() -> None:
    other = (
        "Thank you for the tour of the press line. What you said about the glue temperature stayed with me all week."
    )
    assert similarity(signature_of(LETTER), signature_of(other)) < 0.2


def test_short_texts_have_no_signature_and_resemble_nothing() -> None:
    assert signature_of("Any news on the job yet?") == ()
    assert similarity((), signature_of(LETTER)) == 0


@given(WORDS, WORDS)
def test_similarity_is_symmetric_and_a_share(one: list[str], other: list[str]) -> None:
    a, b = signature_of(" ".join(one)), signature_of(" ".join(other))
    assert similarity(a, b) == similarity(b, a)
    assert 0 <= similarity(a, b) <= 1


@given(st.text(max_size=300))
def test_a_signature_is_sixteen_numbers_of_twenty_bits_at_most(text: str) -> None:
    signature = signature_of(text)
    assert len(signature) <= 16
    assert all(0 <= number < 1 << 20 for number in signature)
    assert list(signature) == sorted(set(signature))
