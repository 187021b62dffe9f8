"""Logging: structured lines on stderr with an allow-list of fields; mail, addresses and tokens never get in."""

import logging
import sys
import warnings
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "account",
        "state",
        "count",
        "reason",
        "kind",
        "correlation_id",
        "exc_info",
        "exception",
    }
)


LONGEST = 300  # characters of a line


def set_up() -> None:
    """Once at start. Third-party loggers speak up from warnings on, without request lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Terse())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for chatty in ("httpx", "httpcore", "msal", "googleapiclient", "authlib"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(without_traceback)
    warnings.filterwarnings("ignore", message="response_mode=", category=UserWarning)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


class Terse(logging.Formatter):
    """For other people's loggers: the first line of the words they wrote into their program, never what fills them.

    A bounce's reader quotes the bounce, an event loop the exception; of an exception its kind and place are told.
    """

    def format(self, record: logging.LogRecord) -> str:
        written = str(record.msg).splitlines()[:1] if isinstance(record.msg, str) else []
        error = record.exc_info[1] if record.exc_info else None
        told = [f"{record.levelname} {record.name}:", *written, f"({_where(error)})" if error else ""]
        return " ".join(filter(None, told))[:LONGEST]


def without_traceback(record: logging.LogRecord) -> bool:
    """Drop what the server would say of an exception with its message in it; web/errors.py has told it already."""
    return record.exc_info is None


def only_allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list; an exception is reduced to its kind and where it arose."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["exception"] = _where(error)
    return {name: value for name, value in event.items() if name in ALLOWED}


def _where(error: BaseException) -> str:
    frame = error.__traceback__
    places = []
    while frame is not None:
        places.append(f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}")
        frame = frame.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-6:])}"
