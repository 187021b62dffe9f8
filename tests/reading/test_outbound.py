"""What the person's own texts say: labelled drafts, and laws any draft must keep."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cadence.thread import Signals
from app.reading.outbound import draft_verdict, read_draft

CASES = Path(__file__).parent / "cases"
WORDS = ("annoyed", "empty", "adds_value")
SAMPLE = """Hi Dana,

Following up on our talk about returns: I wrote up how we cut them by 18 percent, attached.

Best regards,
Ana"""


def drafts(half: str) -> list[dict[str, Any]]:
    return tomllib.loads((CASES / f"drafts-{half}.toml").read_text(encoding="utf-8"))["draft"]


def read(row: dict[str, Any]) -> Signals:
    return read_draft(row.get("channel", "email"), row.get("subject", ""), row["text"])


def precision_and_recall(rows: list[dict[str, Any]], word: str) -> tuple[float, float]:
    judged = [row for row in rows if word != "empty" or not row.get("annoyed")]
    pairs = [(getattr(draft_verdict(read(row)), word), row.get(word, False)) for row in judged]
    hits = sum(said and meant for said, meant in pairs)
    return hits / sum(said for said, _ in pairs), hits / sum(meant for _, meant in pairs)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("half", ["build", "others-build"])
def test_drafts_learned_from_are_read_as_people_read_them(half: str, word: str) -> None:
    precision, recall = precision_and_recall(drafts(half), word)
    assert precision >= 0.98
    assert recall >= 0.98


@pytest.mark.parametrize(
    ("word", "precision", "recall"), [("annoyed", 0.8, 0.75), ("empty", 0.9, 0.95), ("adds_value", 0.88, 0.85)]
)
def test_drafts_never_learned_from_are_mostly_read_alike(word: str, precision: float, recall: float) -> None:
    measured = precision_and_recall(drafts("held"), word)
    assert measured[0] >= precision
    assert measured[1] >= recall


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("language", ["de", "es"])
def test_german_and_spanish_drafts_are_read_by_their_phrases(language: str, word: str) -> None:
    precision, recall = precision_and_recall(drafts(language), word)
    assert precision >= 0.95
    assert recall >= 0.9


def test_most_of_the_anger_in_wording_never_met_is_heard() -> None:
    precision, recall = precision_and_recall(drafts("voices"), "annoyed")
    assert precision >= 0.85
    assert recall >= 0.75


@pytest.mark.parametrize("name", ["threat", "pressure", "pleading", "argues", "new_opportunity"])
def test_what_a_draft_is_labelled_with_beside_is_noticed(name: str) -> None:
    rows = [row for row in drafts("build") if row.get(name)]
    assert [row["text"] for row in rows if not getattr(read(row), name)] == []


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("I have to tell my landlord by Friday or I lose the flat.", "pressure"),
        ("They need the list by Monday, otherwise the kitchen cannot order.", "pressure"),
        ("Sorry I'm late with this, the train stood still.", "apologetic"),
        ("Please excuse my English, I am still learning. Sorry for my mistakes.", "apologetic"),
    ],
)
def test_what_only_looks_like_pressure_or_pleading_is_neither(text: str, flag: str) -> None:
    assert not getattr(read_draft("email", "", text), flag)


def test_asking_to_be_rung_back_brings_nothing() -> None:
    signals = read_draft("voicemail", "", "Hello, this is Samuel. I wrote and called, please ring me back.")
    assert (signals.value, signals.empty) == ((), True)


@pytest.mark.parametrize(
    "quote",
    [
        "\n\nOn Mon, Nov 9, 2026 at 9:00 AM Rita <rita@acme.example> wrote:\n> Thanks for nothing.",
        "\n\nOn Mon, Nov 9, 2026 at 9:00 AM\nRita Long <rita@acme.example>\nwrote:\n\n> Any news? Any news?",
        "\n\nAm 09.11.2026 um 09:00 schrieb Rita <rita@acme.example>:\n> unverschämt",
        "\n\n-----Original Message-----\nThis is unacceptable, you ignored me.",
        "\n\nFrom: Rita <rita@acme.example>\nSent: Monday\nTo: Ana\n\nThis is unacceptable, you ignored me.",
        "\n\n-- \nAna Ruiz\nhttps://ana.example",
        "\n\nSent from my phone",
        "\n\n\n",
    ],
)
def test_quotes_and_signatures_do_not_count(quote: str) -> None:
    assert read_draft("email", "", SAMPLE + quote) == read_draft("email", "", SAMPLE)


def test_an_answer_between_quoted_lines_counts() -> None:
    text = "On Mon, Nov 9, 2026 Rita <rita@acme.example> wrote:\n> When are you free?\n\nI can do Tuesday at 10:00.\n"
    assert "availability" in read_draft("email", "Re: Interview", text).answers


def test_typographic_signs_and_missing_apostrophes_change_nothing() -> None:
    plain = read_draft("email", "", "I don't understand why you haven't answered. It's unprofessional.")
    assert plain.annoyed
    assert read_draft("email", "", "I don’t understand why you haven’t answered. It’s unprofessional.") == plain
    assert read_draft("email", "", "I dont understand why you havent answered. Its unprofessional.").annoyed


def test_a_language_without_a_lexicon_is_named_and_not_judged() -> None:
    signals = read_draft("email", "", "Je vous écris pour savoir où en est ma candidature, c'est inacceptable !!!")
    assert signals.language == "fr"
    assert (signals.annoyed, signals.empty, signals.asks_for_news, signals.value) == (False, False, False, ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте, есть ли новости?", "ru"),
        ("ご連絡をお待ちしております。", "ja"),
        ("您好，请问有消息吗", "zh"),
        ("안녕하세요 소식이 있나요", "ko"),
        ("", None),
        ("42", None),
    ],
)
def test_other_scripts_are_told_apart(text: str, language: str | None) -> None:
    assert read_draft("email", "", text).language == language


def test_the_subject_speaks_where_the_body_is_empty() -> None:
    assert read_draft("email", "Any update on my application?", "").empty
    assert not read_draft("email", "Re: Any update on my application?", "").asks_for_news


def test_a_script_for_a_call_asks_in_its_own_words() -> None:
    script = "Hi, just trying to catch you. Give me a call back."
    assert read_draft("voicemail", "", script).empty
    assert not read_draft("email", "", "Give me a call back on 555 0101 about the broken boiler.").asks_for_news


@given(st.text(max_size=600), st.sampled_from(["email", "call", "voicemail", "other"]))
@settings(deadline=None)
def test_any_text_is_read_and_an_empty_one_brings_no_value(text: str, channel: str) -> None:
    signals = read_draft(channel, text[:40], text)
    assert not (signals.empty and signals.value_score >= 1)
    assert signals.words >= 0


@given(st.sampled_from(drafts("build")), st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_spaces_and_empty_lines_around_a_draft_change_nothing(row: dict[str, Any], count: int) -> None:
    padded = row | {"text": "\n" * count + row["text"] + " \n" * count}
    assert read(padded) == read(row)


HOSTILE = {
    "opener": "On ",
    "dots": "a.",
    "hyphens": "a-",
    "addresses": "a@a.",
    "quotes": "> \n",
    "headers": "From: a\nSent: b\n",
    "intros": "On 1 wrote\n",
    "blanks": " ",
    "marks": "?!",
    "gaps": "you said that you were to ",
    "rant": "i have still not heard nothing from you and you said but never why is it so hard to answer ",
    "shout": "ANSWER ",
    "names": "hi dana ",
    "accents": "é",
    "emoji": "🙃",
    "links": "www.a.example/",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_of_64_kb_is_read_in_time(name: str) -> None:
    text = HOSTILE[name] * (65_536 // len(HOSTILE[name]))
    read_draft("email", "", SAMPLE)
    start = time.process_time()
    read_draft("email", text, text)
    assert time.process_time() - start < 0.1
