"""What a subject tells: the stage of hiring it names, and whether a new letter is about another opening."""

import pytest

from app.cadence.thread import Stage
from app.reading.subjects import is_another_opening, stage_in


@pytest.mark.parametrize(
    ("subject", "stage"),
    [
        ("Application: night nurse", Stage.APPLIED),
        ("Bewerbung als Mechatroniker", Stage.APPLIED),
        ("Warehouse supervisor (req 4410)", Stage.APPLIED),
        ("Re: Interview, front desk", Stage.INTERVIEW),
        ("RE: Phone screen, territory rep", Stage.SCREEN),
        ("Re: Second interview, lab manager", Stage.INTERVIEW),
        ("Final round on Tuesday", Stage.FINAL),
        ("Informational interview?", None),
        ("Questions for an interview in our magazine", None),
        ("Night nurse", None),
        ("", None),
    ],
)
def test_a_subject_may_name_the_stage(subject: str, stage: Stage | None):
    assert stage_in(subject) is stage


APPLIES = "I am writing to apply for the position you posted on Friday."


@pytest.mark.parametrize(
    ("subject", "text", "earlier", "other"),
    [
        ("Application: classics librarian", APPLIES, ["Application: Latin teacher"], True),
        ("Inventory manager (req 4527)", "", ["Warehouse supervisor (req 4410)"], True),
        ("Classics librarian", APPLIES, ["Application: Latin teacher"], True),
        ("Classics librarian", "Any news?", ["Application: Latin teacher"], False),
        ("Motion designer, showreel", APPLIES, ["Application: motion designer"], False),
        ("Re: Application: classics librarian", APPLIES, ["Application: Latin teacher"], False),
        ("Application: classics librarian", APPLIES, ["My application"], False),
        ("Application: classics librarian", APPLIES, [], False),
        ("Application", APPLIES, ["Application: Latin teacher"], False),
        ("Warper, nights", "I see you're looking for a warper and attach my CV.", ["Loom fixer position"], True),
        ("Warper, nights", "I hear you are looking for a van.", ["Loom fixer position"], False),
    ],
)
def test_another_opening_applies_and_shares_no_word_with_what_went_before(
    subject: str, text: str, earlier: list[str], other: bool
):
    assert is_another_opening(subject, text, earlier) is other
