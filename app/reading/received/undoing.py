"""Undoes a mail's transport encoding where a text plainly still wears it."""

import base64
import binascii
import quopri
import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from app.reading.plain import html_to_text

_WORD = re.compile(r"=\?[\w-]{2,30}\?[bqBQ]\?[^?\s]{0,400}\?=")
_SOFT_BREAK = re.compile(r"=\r?\n")
_ESCAPED = re.compile(r"=(?:[0-9A-F]{2})")
_BASE64 = re.compile(r"\s*(?:[A-Za-z0-9+/]{4}\s*)+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\s*")
_HTML = re.compile(r"\s*(?:<!doctype html|<html|<body|<div|<p[ >]|<table|<head)", re.IGNORECASE)
_SHORTEST_BASE64 = 40


def undone(text: str) -> str:
    """The text without base64, quoted-printable, encoded words or HTML; as it is where it wears none. Never raises."""
    text = _from_base64(text)
    if len(_ESCAPED.findall(text)) >= 2 or (_SOFT_BREAK.search(text) and _ESCAPED.search(text)):
        text = _from_quoted_printable(text)
    elif _SOFT_BREAK.search(text):
        text = _SOFT_BREAK.sub("", text)
    if _HTML.match(text) and "</" in text:
        text = html_to_text(text)
    return words_undone(text)


def words_undone(text: str) -> str:
    """Encoded words ("=?utf-8?Q?caf=C3=A9?=") as what they say. Never raises."""
    return _WORD.sub(lambda word: _decoded_word(word[0]), text) if "=?" in text else text


def _decoded_word(word: str) -> str:
    try:
        return str(make_header(decode_header(word)))
    except (ValueError, LookupError, HeaderParseError):
        return word


def _from_base64(text: str) -> str:
    bare = text.strip()
    if len(bare) < _SHORTEST_BASE64 or " " in bare or not _BASE64.fullmatch(bare):
        return text
    try:
        decoded = base64.b64decode("".join(bare.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return text
    return decoded if sum(char.isprintable() or char.isspace() for char in decoded) == len(decoded) else text


def _from_quoted_printable(text: str) -> str:
    raw = quopri.decodestring(text.encode("utf-8", "surrogateescape"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
