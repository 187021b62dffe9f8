"""A sync sees the rows of its mailbox's person alone: on PostgreSQL the row policies bind workers too."""

from pathlib import Path

from sqlalchemy import func, select

from app.store import people
from app.store.tables import accounts, messages
from app.store.tables import people as everybody
from tests.world import World


async def test_while_a_mailbox_is_synced_nobody_elses_rows_are_there(postgresql_url: str, tmp_path: Path) -> None:
    world = World(tmp_path, database_url=postgresql_url)
    with world.parts.database.write() as tx:
        other = people.add(tx, world.clock())
    seen: list[tuple[str, ...]] = []
    telling = world.parts.announcer.tell

    def tell(topic: str) -> None:
        """A page has just been stored."""
        with world.parts.database.read() as tx:
            seen.append(tuple(tx.execute(select(everybody.c.id)).scalars()))
        telling(topic)

    world.parts.announcer.tell = tell  # type: ignore[method-assign]
    await world.link("google")
    before = len(seen)
    await world.sync()
    assert len(seen) > before
    assert set(seen[before:]) == {(world.person_id,)}
    with world.parts.database.read() as tx:
        assert set(tx.execute(select(everybody.c.id)).scalars()) == {world.person_id, other}
        assert tx.execute(select(func.count()).select_from(messages)).scalar_one() > 0
        assert tx.execute(select(accounts.c.state)).scalars().all() == ["live"]
    await world.close()
