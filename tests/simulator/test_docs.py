"""docs/simulator.md keeps up with the faults that can be switched on."""

import re
from pathlib import Path

from connectors.simulator.knobs import catalogue
from connectors.simulator.rehearsals import REHEARSALS

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"


def test_every_fault_stands_in_the_page_with_its_words() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE))
    assert told == catalogue()


def test_every_number_of_the_reliability_bar_can_be_rehearsed_as_the_page_says() -> None:
    rows = re.findall(r"^\| F(\d+) \| (.*) \| (.*) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    told = {int(number): (words, knobs, by_hand) for number, words, knobs, by_hand in rows}
    assert sorted(told) == list(range(1, 49))
    for number, each in REHEARSALS.items():
        named = ", ".join(f"`{name}`" for name, _ in each.knobs) or "none"
        assert told[number] == (each.words, named, each.by_hand or "-")
        assert each.knobs or each.by_hand
