"""What a letter is about: a search for work or a cold flat; and the trade a house carries in its name."""

import pytest

from app.reading.matters import is_about_a_job, matter_of, trade_of


def about_a_job(*letters: str) -> bool:
    return is_about_a_job(matter_of("", letter) for letter in letters)


@pytest.mark.parametrize(
    ("letters", "job"),
    [
        (("No hot water in flat 3 since last night.", "Any update on the engineer?"), False),
        (("The heating is off again in my flat.", "Following up on the boiler, when is the engineer due?"), False),
        (("I sew kites and my lease is up. Do you take people on in spring?", "A merry Christmas to you all."), True),
        (("Put me down for trip leader. Refs: my mom.", "When will you decide about the trip?"), True),
        (
            (
                "Is my car ready, the one with the clutch?",
                "Any news on the Fiesta?",
                "Following up again, when can I collect it?",
            ),
            False,
        ),
        (("I ordered a sofa and it has not come.", "Any update on the sofa?"), False),
        (("I repaired boilers for ten years and would like to apply for the job.",), True),
    ],
)
def test_a_search_for_work_is_told_from_a_flat_without_heating(letters: tuple[str, ...], job: bool) -> None:
    assert about_a_job(*letters) == job


def test_a_trade_in_the_name_of_the_house_is_heard() -> None:
    assert trade_of("mick@micksharptiling.example") == "trade"
    assert trade_of("mick@micksharp.example") == ""


def test_who_can_cook_is_no_restaurant() -> None:
    assert matter_of("", "I can split wood, cook for thirty and repair a pump.").industry == ""
    assert matter_of("", "I apply as a cook.").industry == "restaurant"
