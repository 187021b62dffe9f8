"""Packing: long names of a mail as eight bytes, readings as a fraction of their JSON. Nothing is lost by it."""

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from struct import unpack as unpack_numbers
from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.reading.keeping import SIGNED, Reading, form_of, reading_to_json
from app.store.digits import deflated

_SIXTEEN = re.compile(r"[0-9a-f]{16}")
_HEXADECIMAL = b"0123456789abcdef"
_FORMER = re.compile(r"[0-9a-f]{32}")
_TOP = 1 << 63
A_PAGE = 512
"""Names a page of mail tells again and again; to hold more is to hold what nobody asks for any more."""


@lru_cache(maxsize=A_PAGE)
def short(name: str) -> int:
    """64 bits, signed, that stand for a name: Gmail's ids and our message keys themselves, a hash of any other."""
    digits = (
        name if _SIXTEEN.fullmatch(name) else hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    )
    number = int(digits, 16)
    return number - 2 * _TOP if number >= _TOP else number


@lru_cache(maxsize=A_PAGE)
def stands_for_itself(name: str) -> bool:
    """Whether `whole(short(name))` gives the name again."""
    return _SIXTEEN.fullmatch(name) is not None


def shorts(names: Sequence[str]) -> tuple[list[int], bool]:
    """`short` of each, and whether each stands for itself: for many names at once in a fraction of the time."""
    if set(map(len, names)) == {16} and not (joined := "".join(names)).encode("ascii", "replace").translate(
        None, _HEXADECIMAL
    ):
        return list(unpack_numbers(f">{len(names)}q", bytes.fromhex(joined))), True
    return [short(name) for name in names], False


def whole(number: int) -> str:
    return f"{number & (2 * _TOP - 1):016x}"


def names_to_json(**names: str) -> str | None:
    """Those names that are there; None when there is none."""
    kept = {name: text for name, text in names.items() if text}
    return _dump(kept) if kept else None


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def named(names: str | None, name: str) -> str:
    """One of the names kept by `names_to_json`; empty when it is not among them."""
    return "" if names is None else str(json.loads(names).get(name, ""))


def with_link(names: str | None, link: str) -> str | None:
    """The same names with this link, or with none."""
    kept = json.loads(names) if names else {}
    return names_to_json(**(kept | {"link": link}))


def todays_key(key: str) -> str:
    """A message key: what is 32 digits long, as keys once were, is cut to its first 16."""
    return key[:16] if len(key) == 32 and _FORMER.fullmatch(key) else key


@lru_cache(maxsize=A_PAGE)
def template(link: str, thread: str) -> str | None:
    """The link with `{}` in place of its thread, the same for a whole mailbox; None for a link of another kind."""
    told_by_thread = stands_for_itself(thread) and link.count(thread) == 1 and "{}" not in link
    return link.replace(thread, "{}") if told_by_thread else None


def digest(people: str) -> int:
    """Of a circle: each member as role, space, address, joined by commas."""
    return short("\n".join(sorted(set(people.split(",")))))


_USUAL = (
    b'"competing_offer":true,"new_opportunity":true,"acceptance":true,"withdrawal":true,"correction":true,"argues":true,'
    b'"threat":true,"pressure":true,"pleading":true,"apologetic":true,"annoyed":true,"no_contact":"all","on_hold":true,'
    b'"hold_until":"2026-12-01","deadline":"2026-12-01","return_date":"2026-12-01","failed_address":"","failed_reference'
    b'":"","bounce_reason":"unknown","calendar_method":"REQUEST","closure":true,"names":[""],"industry":"","kind":"bounce'
    b'","kind":"calendar","kind":"rejection","kind":"ooo","kind":"auto-reply","kind":"ats-receipt","cue":"networking","cue'
    b'":"interview","cue":"offer","cue":"applied","asks":["availability","documents","salary","information","call"],"invit'
    b'es_contact":true,"invites_call":true,"meeting":true,"promise":{"start":"2026-12-01","end":"2026-12-01","invites":tru'
    b'e},"value":["work_sample","idea"],"value_score":1.0,"answers":["confirmation","document","portfolio"],"logistics":'
    b'true,"thanks":true,"signature":[1,"matter":{"job":2,"private":1}}{"v":1,"way":"in","kind":"list","matter":{"private"'
    b':2}}{"v":1,"way":"in","matter":{"job":1,"private":1}}{"v":1,"way":"out","signals":{"language":"de","words":1,"asks_'
    b'for_news":true,"empty":true},{"v":1,"way":"out","signals":{"language":"en","words":2'
)
"""What readings are made of, the most frequent last. Never to be changed: what was packed with it needs it."""


class Packed(TypeDecorator[str]):
    """A reading, or its JSON, given back as JSON: deflated against the usual words of readings on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(LargeBinary() if dialect.name == "sqlite" else Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Reading | str | None], Any]:
        return _packed if dialect.name == "sqlite" else _told

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return value if value is None or dialect.name != "sqlite" else unpack(value)


_BEGUN = zlib.compressobj(6, zlib.DEFLATED, -11, 4, zlib.Z_DEFAULT_STRATEGY, _USUAL)


def _told(reading: Reading | str | None) -> str | None:
    return reading if reading is None or isinstance(reading, str) else reading_to_json(reading)


def _packed(reading: Reading | str | None) -> bytearray | None:
    """As the driver binds it quickest (app/store/prepared.py)."""
    if reading is None or isinstance(reading, str):
        return None if reading is None else bytearray(pack(reading))
    form, numbers = form_of(reading)
    if not numbers:
        return bytearray(pack(form % ()))
    begun, rest = _begin(form)
    return begun + deflated(rest % numbers)


@lru_cache(maxsize=4_096)
def _begin(form: str) -> tuple[bytearray, str]:
    """What stands before the signature, packed, and the form of the rest."""
    head, signed, rest = form.rpartition(SIGNED)
    deflating = _BEGUN.copy()
    begun = deflating.compress((head + signed).replace("%%", "%").encode()) + deflating.flush(zlib.Z_SYNC_FLUSH)
    return bytearray(begun), rest


@lru_cache(maxsize=1_024)
def pack(text: str) -> bytes:
    """Half of all readings, those of lists above all, are word for word like another one."""
    deflating = _BEGUN.copy()
    return deflating.compress(text.encode()) + deflating.flush()


def unpack(packed: bytes) -> str:
    return zlib.decompressobj(-11, _USUAL).decompress(packed).decode()


_FOLDERS = ("inbox", "sent", "other", "spam", "trash")
"""In this order for ever; the first two take no byte at all on SQLite."""
_FOLDER_NUMBERS: dict[str | None, int | None] = {name: number for number, name in enumerate(_FOLDERS)} | {None: None}


class FolderName(TypeDecorator[str]):
    """Which of the five folders: its place in the list on SQLite, its name on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(SmallInteger() if dialect.name == "sqlite" else String(10))

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], Any] | None:
        return _FOLDER_NUMBERS.__getitem__ if dialect.name == "sqlite" else None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return value if value is None or dialect.name != "sqlite" else _FOLDERS[value]


def folder_number(name: str) -> int:
    return _FOLDERS.index(name)


class Numbers(TypeDecorator[Any]):
    """A list of whole numbers as one parameter: a JSON array on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger()))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return json.dumps(list(value or ())) if dialect.name == "sqlite" else list(value or ())
