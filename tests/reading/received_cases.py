"""Labelled received mails, and how one of them is read."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

from app.reading.facts import InboundReading
from app.reading.inbound import read_inbound
from app.reading.row_messages import message_of

CASES = Path(__file__).parent / "cases"
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def cases(name: str) -> list[dict]:
    return tomllib.loads((CASES / f"inbound-{name}.toml").read_text())["cases"]


def read(case: dict) -> InboundReading:
    received = datetime.fromisoformat(str(case["received"])) if "received" in case else NOON
    return read_inbound(message_of(case, received))
