"""Rows of `aftertouch judge` and `aftertouch read inbound`: right levels, and bad rows refused in words."""

import tomllib
from copy import deepcopy
from pathlib import Path

import pytest

from app.reading.inbound_rows import read_inbound_row
from app.reading.rows import instant_of
from app.reading.scenarios import judge_row, zone_of
from tests.bench.scenarios import figures_of, outcome_of

CASES = Path(__file__).parent / "cases"


def _cases(name: str) -> list[dict]:
    return tomllib.loads((CASES / f"threads-{name}.toml").read_text())["cases"]


def _judged(case: dict) -> dict:
    row = {"id": case["name"], "now": case["now"], "stage": case.get("stage")}
    return judge_row(row | {"history": case["history"], "draft": case["draft"]})


@pytest.mark.parametrize("case", _cases("build"), ids=lambda case: case["name"])
def test_a_scenario_is_judged_fairly(case: dict):
    verdict = _judged(case)
    rules = {warning["rule"] for warning in verdict["warnings"]}
    assert verdict["level"] in case["accept"]
    assert set(case.get("rules", ())) <= rules
    assert not rules & set(case.get("never", ()))
    if "date" in case:
        first, last = case["date"]
        assert first <= verdict["next_good_date"] <= last


LEVEL, WARNED, ACCUSED = "level within the accepted", "caution or more where it should be clear", "the same where they"
MISSED, TOLD, UNSAID = "hold or stop missed", "required rule told", "forbidden rule silent"
DATED = "next good date in range"
AT_LEAST = {
    "others-build": {LEVEL: 0.98, TOLD: 0.97, UNSAID: 0.98, DATED: 0.96},
    "offices-build": {LEVEL: 0.97, TOLD: 0.97, UNSAID: 0.98, DATED: 0.94},
    "offices-second-build": {LEVEL: 0.97, TOLD: 0.97, UNSAID: 0.98, DATED: 0.95},
    "lives-build": {LEVEL: 0.97, TOLD: 0.95, UNSAID: 0.98, DATED: 0.96},
    "lives-second-build": {LEVEL: 0.96, TOLD: 0.97, UNSAID: 0.98, DATED: 0.98},
    "works-build": {LEVEL: 0.97, TOLD: 0.97, UNSAID: 0.98, DATED: 0.96},
    "paths-build": {LEVEL: 0.97, TOLD: 0.95, UNSAID: 0.98, DATED: 0.96},
    "paths-second-build": {LEVEL: 0.97, TOLD: 0.97, UNSAID: 0.98, DATED: 0.96},
    "rooms-build": {LEVEL: 0.96, TOLD: 0.95, UNSAID: 0.97, DATED: 0.96},
    "rooms-second-build": {LEVEL: 0.97, TOLD: 0.96, UNSAID: 0.98, DATED: 0.94},
    "quays-build": {LEVEL: 0.96, TOLD: 0.95, UNSAID: 0.97, DATED: 0.93},
    "quays-second-build": {LEVEL: 0.97, TOLD: 0.98, UNSAID: 0.98, DATED: 0.97},
    "mills-second-build": {LEVEL: 0.98, TOLD: 0.98, UNSAID: 0.99, DATED: 0.97},
    "vines-second-build": {LEVEL: 0.98, TOLD: 0.98, UNSAID: 0.99, DATED: 0.97},
    "coves-held": {LEVEL: 0.97, TOLD: 0.95, UNSAID: 0.98, DATED: 0.95},
    "lanes-held": {LEVEL: 0.95, TOLD: 0.93, UNSAID: 0.98, DATED: 0.97},
}
AT_MOST = {
    "others-build": {WARNED: 0.025, ACCUSED: 0, MISSED: 0.03},
    "offices-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
    "offices-second-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.04},
    "lives-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
    "lives-second-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.04},
    "works-build": {WARNED: 0.02, ACCUSED: 0, MISSED: 0.02},
    "paths-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
    "paths-second-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
    "rooms-build": {WARNED: 0.04, ACCUSED: 0, MISSED: 0.03},
    "rooms-second-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
    "quays-build": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
    "quays-second-build": {WARNED: 0.02, ACCUSED: 0, MISSED: 0.03},
    "mills-second-build": {WARNED: 0.02, ACCUSED: 0, MISSED: 0.03},
    "vines-second-build": {WARNED: 0.02, ACCUSED: 0, MISSED: 0.03},
    "coves-held": {WARNED: 0.0, ACCUSED: 0, MISSED: 0.0},
    "lanes-held": {WARNED: 0.03, ACCUSED: 0, MISSED: 0.03},
}


@pytest.mark.parametrize("name", AT_LEAST)
def test_scenarios_by_others_are_judged_no_worse_than_was_reached(name: str):
    """Only totals are told when it fails, for a set that is held back is not to be read."""
    figures = list(figures_of(name, [outcome_of(row) for row in _cases(name)]))
    reached = {figure.name.removeprefix(f"{name}: "): figure.value for figure in figures}
    worse = {
        each: value
        for each, value in reached.items()
        for words, floor in AT_LEAST[name].items()
        if each.startswith(words) and value < floor
    }
    harsher = {
        each: value
        for each, value in reached.items()
        for words, ceiling in AT_MOST[name].items()
        if each.startswith(words) and value > ceiling
    }
    assert (worse, harsher) == ({}, {})


def test_nine_of_ten_unseen_scenarios_are_judged_fairly_and_hardly_anybody_is_warned_for_nothing():
    levels = [(_judged(case)["level"], case["accept"]) for case in _cases("held")]
    assert sum(level in accept for level, accept in levels) >= 0.9 * len(levels)
    harmless = [level for level, accept in levels if set(accept) <= {"clear", "note"}]
    assert sum(level not in ("clear", "note") for level in harmless) <= 0.03 * len(harmless)


ROW = {
    "id": "r1",
    "now": "2026-11-25T10:00:00+01:00",
    "stage": "applied",
    "history": [
        {
            "direction": "out",
            "channel": "email",
            "at": "2026-11-23T09:00:00+01:00",
            "from": "ana@example.com",
            "to": ["rita@acme.example"],
            "subject": "Application",
            "text": "Just following up.",
            "headers": {},
        }
    ],
    "draft": {"channel": "email", "to": ["rita@acme.example"], "subject": "Re: Application", "text": "Any news?"},
}


def _changed(path: str, value: object) -> dict:
    """The row with one value at a dotted path replaced; None removes it."""
    row = deepcopy(ROW)
    *way, last = path.split(".")
    place = row
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return row


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("id", None, "id is missing"),
        ("now", None, "now is missing"),
        ("now", "yesterday", "now is no date and time"),
        ("now", "2026-11-25T10:00:00", "now has no time zone"),
        ("now", "2026-11-25T10:00:00+99:00", "now is no date and time"),
        ("stage", "dreaming", "stage is none of"),
        ("history", {}, "history is not a list"),
        ("history", ["mail"], r"history\[0\] is not an object"),
        ("history.0.at", None, r"history\[0\].at is missing"),
        ("history.0.at", "2027-11-25T10:00:00+01:00", r"history\[0\].at lies after now"),
        ("history.0.direction", "sideways", r"history\[0\].direction is neither"),
        ("history.0.channel", "pigeon", r"history\[0\].channel is none of"),
        ("history.0.text", "x" * 10_000_000, r"history\[0\].text is longer"),
        ("history.0.to", [f"p{number}@x.example" for number in range(1001)], r"history\[0\].to has more than"),
        ("history.0.headers", ["a"], r"history\[0\].headers is not an object"),
        ("draft", None, "draft is missing"),
        ("draft.to", [], "draft.to names nobody"),
        ("draft.to", [7], "draft.to is not a list of addresses"),
        ("draft.text", 7, "draft.text is missing or not a text"),
        ("draft.channel", "pigeon", "draft.channel is none of"),
    ],
)
def test_a_bad_row_is_refused_in_one_sentence_that_names_the_field(path: str, value: object, words: str):
    with pytest.raises(ValueError, match=words):
        judge_row(_changed(path, value))


def test_the_answer_points_at_places_in_the_history():
    answer = judge_row(ROW)
    assert set(answer) == {"id", "level", "headline", "warnings", "next_good_date", "stage"}
    assert [warning["evidence"] for warning in answer["warnings"]] == [[0]] * len(answer["warnings"])
    assert answer["warnings"]


def test_the_order_of_the_history_does_not_matter():
    for case in _cases("build"):
        turned = case | {"history": case["history"][::-1]}
        assert _judged(turned)["level"] == _judged(case)["level"]


def test_the_most_severe_recipient_decides():
    both = _changed("draft.to", ["new@other.example", "rita@acme.example"])
    assert judge_row(both)["level"] == judge_row(ROW)["level"] != "clear"


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        ("2026-11-25T10:00:00+01:00", "Etc/GMT-1"),
        ("2026-11-25T10:00:00-05:00", "Etc/GMT+5"),
        ("2026-11-25T10:00:00Z", "UTC"),
        ("2026-11-25T10:00:00+05:30", "Asia/Kolkata"),
    ],
)
def test_days_are_counted_at_the_offset_of_now(now: str, zone: str):
    assert zone_of(instant_of({"now": now}, "now")) == zone


PASSED_ON = """Lou, what would you do here? Three mails, nothing, not one of them bothers to answer.

---------- Forwarded message ---------
From: Ana <ana@example.com>
To: rita@acme.example

Any news?"""


def test_what_is_passed_on_to_a_friend_is_between_the_two():
    friend = _changed("draft.to", ["lou@example.org"])
    friend["draft"]["text"] = PASSED_ON
    assert judge_row(friend)["level"] == "clear"


def test_a_mail_passed_on_inside_the_company_is_a_second_door():
    colleague = _changed("draft.to", ["boss@acme.example"])
    colleague["draft"]["text"] = PASSED_ON
    assert "channel-hopping" in [warning["rule"] for warning in judge_row(colleague)["warnings"]]


def _answered(sender: str, subject: str, text: str, **headers: str) -> dict:
    row = _changed("id", "r2")
    incoming = {"direction": "in", "channel": "email", "at": "2026-11-24T09:00:00+01:00", "from": sender}
    row["history"].append(incoming | {"to": ["ana@example.com"], "subject": subject, "text": text, "headers": headers})
    return row


def test_an_invitation_through_a_scheduling_service_is_an_answer():
    said = "Rita Roe of Lumen Logistics invites you to an interview. Please pick a time that suits you."
    row = _answered("no-reply@slots.example", "Lumen Logistics: schedule your interview", said)
    for entry in (row["history"][0], row["draft"]):
        entry["to"] = ["rita@lumenlogistics.example"]
    row["draft"]["text"] = "Tuesday at 10 suits me, thank you."
    assert judge_row(row)["level"] == "clear"


def test_the_date_a_machine_gives_does_not_make_a_broken_screen_a_search_for_work():
    said = "Thank you for contacting support. Your ticket number is 88121. We will reply within 2 business days."
    row = _answered("help@acme.example", "We received your request", said, **{"Auto-Submitted": "auto-generated"})
    row["stage"] = None
    row["history"][0] |= {"subject": "Ticket 88121", "to": ["help@acme.example"], "text": "My laptop screen flickers."}
    row["draft"] = {"channel": "email", "to": ["help@acme.example"], "subject": "Ticket 88121", "text": "Any update?"}
    assert judge_row(row)["level"] == "clear"


MAIL = {"id": 7, "received": "2026-11-18T12:00:00+01:00", "from": "Rita <rita@acme.example>", "subject": "", "text": ""}


@pytest.mark.parametrize(
    "text",
    [
        "We will get back to you by Friday.",
        "We=E2=80=99ll get back to you by Fri=\nday=2E",
        "V2Ugd2lsbCBnZXQgYmFjayB0byB5b3UgYnkgRnJpZGF5Lg==",
        "<html><body><p>We will get back to you by&nbsp;Friday.</p></body></html>",
    ],
    ids=["plain", "quoted-printable", "base64", "html"],
)
def test_a_text_still_in_its_transport_encoding_is_read(text: str):
    answer = read_inbound_row(MAIL | {"text": text})
    assert answer == {
        "id": 7,
        "kind": "reply",
        "return_date": None,
        "promise": {"start": "2026-11-18", "end": "2026-11-20"},
        "closure": False,
        "asks": [],
    }


def test_an_encoded_subject_is_read():
    row = MAIL | {"subject": "=?utf-8?Q?Abwesenheitsnotiz:_f=C3=BCr_Sie?=", "text": "Zurück am 30.11."}
    assert (answer := read_inbound_row(row))["kind"] == "ooo"
    assert answer["return_date"] == "2026-11-30"


def test_an_equals_sign_in_ordinary_text_is_left_alone():
    assert read_inbound_row(MAIL | {"text": "1+1=2 and a=b. I will call you by Friday."})["promise"] is not None


@pytest.mark.parametrize(
    ("name", "value"), [("received", None), ("received", "soon"), ("text", 5), ("headers", {"a": 1})]
)
def test_a_bad_mail_row_is_refused(name: str, value: object):
    with pytest.raises(ValueError, match=name):
        read_inbound_row({**MAIL, name: value})
