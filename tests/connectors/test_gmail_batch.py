"""Gmail's batch answers taken apart: every part in its place, whatever the line ends, and no part invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Unreachable
from connectors.gmail.batch import unpacked
from connectors.http import Answer

BODIES = (b'{"id": "m"}', b'{\r\n "text": "--batch_x",\r\n\r\n "b": 1\r\n}', b"", b"\xff\xfe")


def _part(place: int, body: bytes, line: bytes) -> bytes:
    outer = [b"--batch_x", b"Content-Type: application/http", b"Content-ID: <response-part-%d>" % place, b""]
    inner = [b"HTTP/1.1 429 Too Many Requests", b"Retry-After: 3", b"", body, b""]
    return line.join([*outer, *inner])


def _answer(body: bytes, kind: str = "multipart/mixed; boundary=batch_x") -> Answer:
    return Answer(200, {"content-type": kind}, body)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(BODIES)), min_size=1, unique_by=lambda one: one[0]),
    st.sampled_from([b"\n", b"\r\n"]),
    st.sampled_from([b"--batch_x--", b"--batch_x--\r\nbehind it all\r\n", b""]),
)
def test_every_part_comes_back_in_its_place(parts: list[tuple[int, bytes]], line: bytes, end: bytes) -> None:
    body = b"before it all\r\n" + b"".join(_part(place, body, line) for place, body in parts) + end
    found = unpacked(_answer(body), 4)
    assert {place: one.body for place, one in found.items()} == {
        place: body.strip() for place, body in parts if place < 4
    }
    assert all(one.status == 429 and one.headers["retry-after"] == "3" for one in found.values())


@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/mixed", "multipart/mixed; boundary=other"])
def test_what_is_no_multipart_is_said_to_be_unreadable(kind: str) -> None:
    with pytest.raises(Unreachable):
        unpacked(_answer(_part(0, b"{}", b"\r\n"), kind), 1)


def test_an_end_without_a_part_is_unreadable() -> None:
    with pytest.raises(Unreachable):
        unpacked(_answer(b"--batch_x--\r\n"), 1)


def test_a_part_without_a_status_of_http_counts_as_failed() -> None:
    broken = b"--batch_x\r\nContent-ID: <response-part-0>\r\n\r\nnonsense\r\n--batch_x--"
    assert unpacked(_answer(broken), 1)[0].status == 502
