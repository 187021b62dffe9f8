"""A new key takes over while the product runs; an interrupted rotation goes on where it stood."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import LargeBinary

from app.store import export, messages, rotation
from app.store.database import Database
from app.store.errors import KeyMissing
from app.store.sealing import Keyring, Sealer
from app.store.tables import metadata
from tests.store.letters import NOW, Mailbox
from tests.store.lives import live

RING = Keyring.new()
NEW = RING.with_new_key()


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    return live(database, Sealer(RING), "ana@example.com", "canary", letters=rotation.PAGE)


def everything(database: Database, ring: Keyring, mailbox: Mailbox) -> dict[str, Any]:
    with database.read() as tx:
        return export.everything(tx, Sealer(ring), mailbox.person, NOW)


def test_after_a_rotation_the_new_key_alone_opens_everything(database: Database, mailbox: Mailbox) -> None:
    before = everything(database, RING, mailbox)
    sealed = rotation.keys_in_use(database)
    assert rotation.rotate(database, Sealer(NEW)) == sealed.total()
    assert rotation.keys_in_use(database) == Counter({NEW.current: sealed.total()})
    assert everything(database, NEW.only_current(), mailbox) == before
    with pytest.raises(KeyMissing):
        everything(database, RING, mailbox)


def test_rotating_again_finds_nothing_to_do(database: Database, mailbox: Mailbox) -> None:
    rotation.rotate(database, Sealer(NEW))
    assert rotation.rotate(database, Sealer(NEW)) == 0


def test_a_rotation_cut_short_reads_with_both_keys_and_is_finished_by_the_next(
    database: Database, mailbox: Mailbox
) -> None:
    before = everything(database, RING, mailbox)
    sealed, after = list(rotation._pages(database))[3]
    done = rotation._rotate_page(database, Sealer(NEW), sealed, after)
    assert 0 < done < rotation.keys_in_use(database).total()
    assert everything(database, NEW, mailbox) == before
    assert rotation.rotate(database, Sealer(NEW)) == rotation.keys_in_use(database).total() - done
    assert everything(database, NEW, mailbox) == before


def test_what_is_sealed_with_the_old_key_meanwhile_is_not_left_behind(database: Database, mailbox: Mailbox) -> None:
    rotation.rotate(database, Sealer(NEW))
    with database.write() as tx:
        messages.add(tx, Sealer(RING), [mailbox.sent("written meanwhile")])
    assert rotation.rotate(database, Sealer(NEW)) == 1


def test_without_the_old_key_nothing_is_touched(database: Database, mailbox: Mailbox) -> None:
    before = everything(database, RING, mailbox)
    with pytest.raises(KeyMissing):
        rotation.rotate(database, Sealer(NEW.only_current()))
    assert everything(database, RING, mailbox) == before


def test_every_sealed_column_is_rotated() -> None:
    declared = {(t.name, c.name) for t in metadata.sorted_tables for c in t.c if isinstance(c.type, LargeBinary)}
    assert {(sealed.table.name, column) for sealed in rotation.SEALED for column in sealed.columns} == declared
