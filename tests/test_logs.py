"""What is logged: fields of an allow-list, and where an exception arose but never its message."""

import logging

from app.logs import Terse, only_allowed, without_traceback

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


def test_of_what_other_libraries_log_only_their_own_words_are_printed() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raised = (ValueError, error, error.__traceback__)
    said = "Exception in detector: %s\nfuture: " + SECRET
    line = Terse().format(logging.LogRecord("flufl.bounce", logging.ERROR, "", 1, said, (SECRET,), raised))
    assert line.startswith("ERROR flufl.bounce: Exception in detector: %s (ValueError at ")
    assert SECRET not in line
    assert "\n" not in line
    plain = logging.LogRecord("uvicorn.error", logging.WARNING, "", 1, ValueError(SECRET), None, None)
    assert Terse().format(plain) == "WARNING uvicorn.error:"
