"""What is logged: fields of an allow-list, and where an exception arose but never its message."""

import logging

from app.logs import only_allowed, without_traceback

SECRET = "rita@acme.example wrote: we will hire you"


def test_only_listed_fields_are_logged() -> None:
    told = only_allowed(None, "info", {"event": "sync", "account": "a1", "subject": SECRET, "token": SECRET})
    assert told == {"event": "sync", "account": "a1"}


def test_of_an_exception_only_its_kind_and_place_are_told() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        told = only_allowed(None, "error", {"event": "unexpected", "exc_info": error})
    assert SECRET not in str(told)
    assert "ValueError" in told["exception"]


def test_the_servers_own_traceback_is_not_printed() -> None:
    error = ValueError(SECRET)
    with_it = logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, "", None, (ValueError, error, None))
    plain = logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, "Cannot listen", None, None)
    assert not without_traceback(with_it)
    assert without_traceback(plain)
