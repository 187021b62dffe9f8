"""Automatic senders, companies, and one person under two addresses."""

import pytest

from app.reading.people import is_automatic, is_role, organisation, same_company, same_person
from app.reading.subjects import matter_of


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@acme.example",
        "do-not-reply@x.example",
        "mailer-daemon@mx.example",
        "jobs-noreply@x.example",
        "notifications@x.example",
        "no_reply+12@x.example",
    ],
)
def test_addresses_nobody_reads_are_known(address: str):
    assert is_automatic(address)
    assert is_role(address)


@pytest.mark.parametrize("address", ["rita@acme.example", "norea@acme.example", "bounceman@acme.example"])
def test_a_persons_address_is_no_machines(address: str):
    assert not is_automatic(address)
    assert not is_role(address)


def test_a_company_is_its_registrable_domain():
    assert organisation("rita@mail.acme.co.uk") == "acme.co.uk"
    assert same_company("lee@hr.acme.co.uk", ["rita@acme.co.uk"])
    assert not same_company("lee@other.co.uk", ["rita@acme.co.uk"])


def test_free_mail_hosts_make_nobody_colleagues():
    assert not same_company("lee@gmail.com", ["rita@gmail.com"])


def test_a_full_name_is_the_same_in_any_order_and_with_a_company_behind_it():
    assert same_person("Rita Roe (Acme)", "ROE, Rita")
    assert same_person("Rita Roe via LinkedIn", "Dr. Rita Roe")
    assert not same_person("Rita", "Rita")
    assert not same_person("Rita Roe", "Rita Rowe")


@pytest.mark.parametrize(
    "subject", ["Re: Role", "AW: Fwd: role", "[External] RE: Role", "Automatic reply: Role", "role."]
)
def test_marks_before_a_subject_do_not_matter(subject: str):
    assert matter_of(subject) == "role"
