"""How much of the mail of each author is read as it is meant: learned from, or never."""

import pytest

from tests.reading.received_cases import cases, read


@pytest.mark.parametrize(
    ("name", "kind", "precision", "recall"),
    [
        ("offices-build", 0.98, 0.97, 0.95),
        ("trades-build", 0.98, 0.97, 0.95),
        ("more-build", 0.95, 0.97, 0.92),
        ("floors-build", 0.95, 0.97, 0.95),
        ("desks-build", 0.97, 0.97, 0.97),
        ("held", 0.95, 0.97, 0.92),
        ("floors-held", 0.88, 0.9, 0.82),
        ("desks-held", 0.87, 0.92, 0.85),
        ("halls-build", 0.97, 0.97, 0.95),
        ("halls-held", 0.93, 0.97, 0.92),
        ("quays-build", 0.97, 0.97, 0.95),
        ("quays-second-build", 0.95, 0.97, 0.94),
        ("mills-second-build", 0.94, 0.95, 0.9),
        ("kilns-build", 0.95, 0.97, 0.95),
        ("locks-build", 0.97, 0.97, 0.95),
        ("moors-build", 0.95, 0.97, 0.95),
        ("ports-build", 0.97, 0.97, 0.95),
        ("sheds-build", 0.97, 0.97, 0.95),
        ("dales-build", 0.95, 0.97, 0.95),
        ("wolds-build", 0.97, 0.97, 0.95),
        ("fells-build", 0.97, 0.97, 0.95),
        ("tarns-build", 0.95, 0.97, 0.95),
        ("becks-build", 0.96, 0.97, 0.95),
        ("combes-build", 0.97, 0.97, 0.95),
        ("sykes-build", 0.97, 0.97, 0.97),
        ("leats-build", 0.97, 0.97, 0.97),
        ("coves-held", 0.93, 0.94, 0.89),
        ("firths-held", 0.96, 0.96, 0.97),
        ("downs-held", 0.89, 0.95, 0.83),
        ("mills-unlearned", 0.92, 0.9, 0.88),
        ("weirs-unlearned", 0.78, 0.8, 0.75),
        ("glens-unlearned", 0.78, 0.92, 0.86),
    ],
)
def test_so_many_mails_of_others_are_told_apart(name: str, kind: float, precision: float, recall: float):
    """The bar is .95, .97 and .92; of authors nobody learned from it is not reached yet, and must not sink lower."""
    kinds = [(case["kind"], read(case).kind.value) for case in cases(name)]
    assert sum(wanted == found for wanted, found in kinds) >= kind * len(kinds)
    called = [wanted for wanted, found in kinds if found == "rejection"]
    meant = [found for wanted, found in kinds if wanted == "rejection"]
    assert meant.count("rejection") >= recall * len(meant)
    assert called.count("rejection") >= precision * len(called)


@pytest.mark.parametrize(
    ("name", "share"),
    [("held", 0.9), ("desks-held", 0.9), ("floors-held", 0.85), ("halls-held", 0.9), ("quays-second-build", 0.9)],
)
def test_of_unseen_absences_most_say_the_right_day_of_return(name: str, share: float):
    """The bar is .90."""
    dated = [case for case in cases(name) if "return_date" in case]
    right = [str(read(case).return_date or "none") == case["return_date"] for case in dated]
    assert sum(right) >= share * len(right)
