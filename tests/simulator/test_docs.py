"""docs/simulator.md keeps up with the faults that can be switched on."""

import re
from pathlib import Path

from connectors.simulator.knobs import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"


def test_every_fault_stands_in_the_page_with_its_words() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE))
    assert told == catalogue()
