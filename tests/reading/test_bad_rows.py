"""A row nobody can read gives an error that says what is wrong with it, and the rows after it are read."""

import io
import json
import time
from typing import Any

import pytest

from app.cli import json_lines
from app.reading.inbound_rows import read_inbound_row
from app.reading.received.parts import words_of_parts
from app.reading.received.undoing import words_undone
from app.reading.scenarios import judge_row

GOOD = {
    "id": "good",
    "received": "2026-11-18T12:00:00Z",
    "from": "rita@acme.example",
    "text": "We will call you by Friday.",
}
HEARD = {"direction": "in", "channel": "email", "at": "2026-11-18T12:00:00Z", "from": "rita@acme.example", "text": "Hi"}
ASKED = {"id": "good", "now": "2026-11-22T10:00:00+01:00", "history": [HEARD]}
ASKED |= {"draft": {"channel": "email", "to": ["rita@acme.example"], "subject": "", "text": "Thank you."}}
NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{part}\n\n--b{part}\n" for part in range(3000))
MANY = [f"p{number}@acme.example" for number in range(1000)]


def _answers(answer: Any, rows: list[Any]) -> tuple[int, list[dict[str, Any]]]:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    out = io.StringIO()
    code = json_lines(answer, lines, out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


BAD_MAIL = {
    "not JSON": (b"{nope", "not JSON"),
    "no object": (b"[]", "one JSON object"),
    "no date": ({**GOOD, "received": None}, "received is missing"),
    "no zone": ({**GOOD, "received": "2026-11-18T12:00:00"}, "no time zone"),
    "an impossible zone": ({**GOOD, "received": "2026-11-18T12:00:00+99:00"}, "received is no date"),
    "a date in 2066": ({**GOOD, "received": "2066-11-18T12:00:00Z"}, "the year 2066"),
    "the end of time": ({**GOOD, "received": "9999-12-31T23:59:59Z"}, "the year 9999"),
    "10 MB of text": ({**GOOD, "text": "a" * 10_000_000}, "text is longer than"),
    "3,000 nested parts": ({**GOOD, "text": NESTED}, "more than 100 MIME parts"),
    "a thousand recipients": ({**GOOD, "to": MANY}, "to has more than 500 addresses"),
    "a header that is a number": ({**GOOD, "headers": {"Precedence": 5}}, "headers.Precedence is not a text"),
}


@pytest.mark.parametrize(("row", "wrong"), BAD_MAIL.values(), ids=BAD_MAIL)
def test_a_mail_that_cannot_be_read_is_named_and_the_run_goes_on(row: Any, wrong: str):
    start = time.process_time()
    code, [bad, good] = _answers(read_inbound_row, [row, GOOD])
    assert code == 1
    assert wrong in bad["error"]
    assert good["promise"]["end"] == "2026-11-20"
    assert time.process_time() - start < 2.0


BAD_SCENARIOS = {
    "no now": ({**ASKED, "now": None}, "now is missing"),
    "a now in 2066": ({**ASKED, "now": "2066-11-22T10:00:00Z"}, "now lies in the year 2066"),
    "a message in 2066": ({**ASKED, "history": [{**HEARD, "at": "2066-01-01T00:00:00Z"}]}, "history[0].at"),
    "an impossible zone": ({**ASKED, "now": "2026-11-22T10:00:00+25:30"}, "now is no date"),
    "10 MB of text": ({**ASKED, "history": [{**HEARD, "text": "a" * 10_000_000}]}, "history[0].text is longer"),
    "3,000 nested parts": ({**ASKED, "history": [{**HEARD, "text": NESTED}]}, "more than 100 MIME parts"),
    "a thousand recipients": ({**ASKED, "history": [{**HEARD, "to": MANY}]}, "history[0].to has more than 500"),
}


@pytest.mark.parametrize(("row", "wrong"), BAD_SCENARIOS.values(), ids=BAD_SCENARIOS)
def test_a_scenario_that_cannot_be_judged_is_named_and_the_run_goes_on(row: Any, wrong: str):
    code, [bad, good] = _answers(judge_row, [row, ASKED])
    assert code == 1
    assert wrong in bad["error"]
    assert good["level"]


def test_half_a_character_is_no_reason_to_refuse_a_mail():
    code, [read] = _answers(
        read_inbound_row, [b'{"id":1,"received":"2026-11-18T12:00:00Z","text":"\\ud800 by Friday."}']
    )
    assert (code, read["kind"]) == (0, "reply")


def test_the_words_are_taken_out_of_their_parts():
    parts = (
        '--xx\nContent-Type: text/html\n\n<p>Nein</p>\n--xx\nContent-Type: text/plain; charset="utf-8"\n'
        "Content-Transfer-Encoding: quoted-printable\n\nWir w=C3=A4ren so weit.\n--xx--\n"
    )
    assert words_of_parts(parts).strip() == "Wir wären so weit."
    assert words_of_parts(f"Content-Type: multipart/mixed; boundary=xx\n\n{parts}").strip() == "Wir wären so weit."
    assert words_of_parts("-- \nRita\ncontent-free") == "-- \nRita\ncontent-free"


def test_an_encoded_word_that_is_none_stays_as_it_was_written() -> None:
    assert (
        words_undone("=?utf-8?b?a?= and =?x?q?y?= and =?utf-8?q?caf=C3=A9?=")
        == "=?utf-8?b?a?= and =?x?q?y?= and caf\u00e9"
    )
