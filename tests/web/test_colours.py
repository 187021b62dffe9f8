"""The colours of the pages: ink is readable on its ground by day and by night (WCAG 2.2, 1.4.3, 1.4.11)."""

import re
from itertools import product
from pathlib import Path

import pytest

STYLE = Path(__file__).parents[2] / "app" / "web" / "static" / "style.css"
TEXT_ON = [
    *product(("ink", "muted", "accent", "bad", "warm"), ("paper", "card")),
    *product(("ink",), ("soft", "warm-soft", "bad-soft", "silence")),
    ("muted", "soft"),
    ("accent-ink", "accent"),
    ("accent", "soft"),
]
DRAWN_ON = [*product(("mine", "theirs", "warm", "bad", "muted"), ("card", "silence"))]


def palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.S)
    day, night = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks[:2])
    return {"day": day, "night": night}


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(time: str, ink: str, ground: str) -> None:
    palette = palettes()[time]
    assert contrast(palette[ink], palette[ground]) >= 4.5


@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize(("ink", "ground"), DRAWN_ON)
def test_marks_can_be_told_from_their_ground(time: str, ink: str, ground: str) -> None:
    palette = palettes()[time]
    assert contrast(palette[ink], palette[ground]) >= 3
