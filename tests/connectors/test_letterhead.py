"""Headers as they really come: encoded, folded, grouped, broken, enormous."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.letterhead import MOST_ADDRESSES, address, addresses, ids, message_id, unfolded, words
from connectors.message import Address


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?= aus =?utf-8?q?K=C3=B6ln?=", "Grüße aus Köln"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("Re: your\r\n\tapplication", "Re: your application"),
        ("=?x-unknown?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
        ("plain = not encoded?", "plain = not encoded?"),
        ("bell\x07 and null\x00", "bell and null"),
    ],
)
def test_the_words_of_a_header_are_opened(value: str, meant: str) -> None:
    assert words(value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("Rita <Rita@Acme.example>", [("rita@acme.example", "Rita")]),
        (
            '"Lee, Rita" <rita@acme.example>, ben@acme.example',
            [("rita@acme.example", "Lee, Rita"), ("ben@acme.example", "")],
        ),
        ("Team: a@x.example, B <b@x.example>;", [("a@x.example", ""), ("b@x.example", "B")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?M=C3=BCller=2C_Eva?= <eva@x.example>", [("eva@x.example", "Müller, Eva")]),
        ("eva@bücher.example", [("eva@xn--bcher-kva.example", "")]),
        ("nobody, <@x.example>, two words@x.example", []),
        ("a@x.example, A@X.EXAMPLE", [("a@x.example", "")]),
    ],
)
def test_addresses_are_found_and_nothing_else(value: str, meant: list[tuple[str, str]]) -> None:
    assert [(person.address, person.name) for person in addresses([value])] == meant


def test_several_headers_of_one_name_are_read_together() -> None:
    assert len(addresses(["a@x.example", "b@x.example"])) == 2


def test_a_crowd_is_counted_up_to_a_thousand_and_costs_no_time() -> None:
    started = time.process_time()
    found = addresses([", ".join(f"p{number}@x.example" for number in range(20_000))])
    assert len(found) == MOST_ADDRESSES
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "nasty",
    [
        *("(" * 60_000, '"' * 60_000, "<" * 60_000, "a@" * 30_000, "=?" * 30_000, "\\" * 60_000),
        *("Ana <a@b.example> " + mark * 30_000 for mark in ("@@", "<<", ">a", ").", "]a", "[.", ";;", "@,", ",a")),
    ],
)
def test_a_header_made_to_exhaust_costs_no_time(nasty: str) -> None:
    started = time.process_time()
    addresses([nasty])
    words(nasty)
    ids(nasty)
    assert time.process_time() - started < 1


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_addresses(value: str) -> None:
    for person in addresses([value]):
        assert person.address == person.address.lower()
        assert person.address.count("@") >= 1
        assert not any(mark.isspace() for mark in person.address)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_words(value: str) -> None:
    read = words(value)
    assert "\n" not in read
    assert "\r" not in read
    assert unfolded(read) == read


@given(st.emails())
def test_any_address_is_the_same_however_it_is_written(email: str) -> None:
    assert address(email) == address(email.upper()) == address(f" {email} ")


def test_ids_are_found_in_order_and_once() -> None:
    assert ids("<a@x> <b@x>\r\n <a@x>", "<c@x>") == ("<a@x>", "<b@x>", "<c@x>")


@pytest.mark.parametrize(
    ("value", "meant"), [(" <a@x> ", "<a@x>"), ("a@x", "a@x"), ("", None), ("<a@x> (note)", "<a@x>")]
)
def test_a_message_id_is_read_with_or_without_its_brackets(value: str, meant: str | None) -> None:
    assert message_id(value) == meant


def test_a_name_is_no_part_of_the_address() -> None:
    assert address("rita@acme.example", "boss@bank.example") == Address("rita@acme.example", "boss@bank.example")


WORDS = st.from_regex(r"[A-Za-z0-9À-ÖØ-öø-ɏ]{1,12}", fullmatch=True)
SPECS = st.from_regex(r"[A-Za-z0-9_+-]{1,9}(\.[A-Za-z0-9_+-]{1,9})?@[A-Za-z0-9-]{1,9}\.example", fullmatch=True)


@given(st.lists(WORDS, max_size=4), SPECS, st.sampled_from(["{0} <{1}>", '"{0}" <{1}>', "{0}<{1}>", " {0}\t<{1}> "]))
def test_an_ordinary_mailbox_is_read_alone_and_beside_another(name: list[str], spec: str, form: str) -> None:
    value = form.format(" ".join(name), spec) if name else spec
    meant = Address(spec.lower(), " ".join(name))
    assert addresses([value]) == (meant,)
    assert addresses([value, "x@y.example"]) == (meant, Address("x@y.example"))
