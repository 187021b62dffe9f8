"""The extension's reader and this one say the same of every draft."""

import json
import random
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.reading.lexicons import lexicon
from app.reading.outbound_rows import read_draft_row

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
ODD = [
    *"éÉßŒÑñ’“—… \u00a0\u2009\u2028\u200b\u0301\ufeff\x00\x0b\x1c\x85\r\n\t",
    "İ",
    "ſ",
    "Σς",
    "ﬁ",
    "🙂",
    "🙃",
    "👩‍🚒",
    "𝒜",
    "中文字",
    "ありがとう",
]
ODD += [
    "Спасибо",
    "\ud83d",
    "\udc00",
    "http://a.example/x?y=1",
    "a@b.example",
    "`x ?? y`",
    ":-)",
    "e.g.",
    "3.5k",
    "$80k",
    "10:30",
    "don't",
]
QUOTES = [
    "\n> any news?\n",
    "\nOn Mon, 3 May 2026, Rita wrote:\n",
    "\n-- \n",
    "\nBest regards,\nAna\n",
    "\nSent from my phone\n",
]


def labelled() -> list[dict[str, Any]]:
    return [
        {key: row[key] for key in ("id", "channel", "subject", "text") if key in row}
        for path in sorted(CASES.glob("drafts-*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["draft"]
    ]


def made_up(count: int) -> list[dict[str, Any]]:
    """Drafts of words of the lexicons, odd characters and quote marks, thrown together the same way every time."""
    dice = random.Random(20261122)
    phrases = [line for code in ("en", "de", "es") for lines in lexicon(code)["groups"].values() for line in lines]
    words = " ".join(phrases).translate(str.maketrans("()|?*^$<>_", " " * 10)).split()
    ends = [". ", "? ", "!! ", "\n", ", ", "??", " - ", "\n\n", "... "]

    def piece() -> str:
        kind = dice.random()
        if kind < 0.75:
            return " ".join(dice.choices(words, k=dice.randint(1, 9))) + dice.choice(ends)
        return dice.choice(ODD if kind < 0.95 else QUOTES)

    def text() -> str:
        made = "".join(piece() for _ in range(dice.randint(0, 25)))
        return made.upper() if dice.random() < 0.1 else made

    channels = ["email", "call", "voicemail", "other"]
    return [{"id": n, "channel": dice.choice(channels), "subject": text()[:200], "text": text()} for n in range(count)]


def by_extension(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    command = ["npm", "run", "--silent", "read", "--prefix", str(ROOT / "extension")]
    done = subprocess.run(command, input=lines.encode(), capture_output=True, check=True, cwd=ROOT, timeout=120)
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line]


@pytest.mark.parametrize("rows", [labelled(), made_up(600)], ids=["labelled", "made up"])
def test_both_readers_agree_on_every_row(rows: list[dict[str, Any]]) -> None:
    answers = by_extension(rows)
    assert len(answers) == len(rows)
    differing = [
        (row, ours, theirs)
        for row, theirs in zip(rows, answers, strict=True)
        if (ours := read_draft_row(row)) != theirs
    ]
    assert differing[:1] == []
