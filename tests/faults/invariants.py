"""The promises I1 to I12 that no fault may break, checked over what the provider holds and what the store holds."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.services.threads import dossier
from app.store import advice_facts
from app.store.tables import accounts, messages
from tests.faults.rig import ADDRESS, PEOPLE, Rig

WORKING = frozenset({"live", "degraded"})
POLITE = 40
"""Requests a mailbox of a dozen letters may cost in one sync with a fault, before it counts as hammering."""
SECRETS = (b"1//0", b"ya29.", b"M.R3_", b"EwB4A", b"Application at")
"""How the simulator's tokens begin, and a subject."""


@dataclass
class Checker:
    """Remembers what was once stored and where each cursor stood, so that losing ground shows."""

    rig: Rig
    seen: set[tuple[str, str]] = field(default_factory=set)
    histories: dict[str, int] = field(default_factory=dict)

    async def check(self, *, settled: bool = True, polite: bool = True) -> list[str]:
        """Every broken promise in words. `settled`: the faults are over and everything had time to arrive."""
        found = [*self.once_each(), *self.cursor_is_behind(), *self.monotone(), *self.apart(), *self.secret()]
        found += await self.honest()
        if settled:
            found += [*self.complete(), *self.alive()]
        if polite:
            found += self.civil()
        return [*found, *self.told()]

    def complete(self) -> list[str]:
        """I1: whatever the provider shows is stored, or visibly set aside."""
        aside = {(row.account_id, row.provider_message_id) for row in self.rig.dead()}
        found = []
        for account in self.rig.accounts():
            lost = {one for one in self.rig.missing(account.address) if (account.id, one) not in aside}
            found += [f"I1 {account.address}: {len(lost)} messages were never stored"] if lost else []
        return found

    def once_each(self) -> list[str]:
        """I2: one row for each provider id, one touch for each letter."""
        rows = Counter((row.account_id, row.provider_message_id) for row in self.rig.rows(messages))
        found = [f"I2 {key} is stored {count} times" for key, count in rows.items() if count > 1]
        with self.rig.parts.database.read() as tx:
            facts = advice_facts.advice_facts(tx, self.rig.parts.sealer, self.rig.person_id, PEOPLE)
        for each in facts.about:
            keys = Counter(touch.key.rpartition(".")[0] for touch in dossier(each).thread.touches)
            found += [f"I2 letter {key} counts {count} times" for key, count in keys.items() if count > 1]
        return found

    def cursor_is_behind(self) -> list[str]:
        """I3: what happened before the place a mailbox is read from is stored; that place never goes back."""
        found = []
        for account in self.rig.accounts():
            place = self.rig.cursor(account.address)
            if account.provider != "google" or not place or place["first"] or not place["history"]:
                continue
            history = int(place["history"])
            aside = {row.provider_message_id for row in self.rig.dead()}
            shown = self.rig.truth(account.address)
            changes = self.rig.box(account.address).changes
            ahead = [
                one
                for one in self.rig.missing(account.address) - aside
                if changes[shown[one].born - 1].history <= history
            ]
            found += [f"I3 {account.address}: the cursor is ahead of {len(ahead)} messages"] if ahead else []
            if history < self.histories.get(account.id, 0):
                found.append(f"I3 {account.address}: the cursor went back")
            self.histories[account.id] = history
        return found

    def monotone(self) -> list[str]:
        """I4: no stored message disappears."""
        linked = {row.id for row in self.rig.rows(accounts)}
        now = {(row.account_id, row.provider_message_id) for row in self.rig.rows(messages)}
        lost = {key for key in self.seen - now if key[0] in linked}
        self.seen = now
        return [f"I4 {len(lost)} stored messages disappeared"] if lost else []

    async def honest(self) -> list[str]:
        """I5: a verdict stands on every mailbox, seen a moment ago; else it says unknown and what to do."""
        fresh = timedelta(seconds=2 * self.rig.parts.settings.poll_seconds)
        found = []
        for who in PEOPLE:
            advice = await self.rig.advice(who)
            if advice.level == "unknown" and not advice.headline:
                found.append(f"I5 {who}: unknown without a word why")
            if advice.level == "unknown" or not self.rig.accounts():
                continue
            stale = advice.as_of is None or self.rig.clock() - advice.as_of > fresh
            if advice.coverage not in {"complete", "partial"} or stale:
                found.append(f"I5 {who}: {advice.level} with coverage {advice.coverage} as of {advice.as_of}")
        return found

    def apart(self) -> list[str]:
        """I6: every row belongs to the person whose mailbox it came from."""
        owner = {row.id: row.person_id for row in self.rig.rows(accounts)}
        wrong = [row for row in self.rig.rows(messages) if owner.get(row.account_id) != row.person_id]
        return [f"I6 {len(wrong)} messages belong to somebody else"] if wrong else []

    def secret(self) -> list[str]:
        """I7: no token and no subject lies readable in a file."""
        files = [path for path in self.rig.folder.iterdir() if path.is_file()]
        return [
            f"I7 {path.name} holds {canary!r}" for path in files for canary in SECRETS if canary in path.read_bytes()
        ]

    def civil(self) -> list[str]:
        """I8: nothing before Retry-After, nothing above quota or concurrency."""
        return [
            f"I8 {address}: {broken}" for address in ADDRESS.values() for broken in self.rig.meter(address).violations
        ]

    def alive(self) -> list[str]:
        """I10: after the faults every mailbox works and was seen within three polls."""
        limit = timedelta(seconds=3 * self.rig.parts.settings.poll_seconds + 10)
        return [
            f"I10 {account.address}: {account.state}, seen {account.as_of}"
            for account in self.rig.accounts()
            if account.state not in WORKING or account.as_of is None or self.rig.clock() - account.as_of > limit
        ]

    def told(self) -> list[str]:
        """I12: what does not work says why and what comes next."""
        return [
            f"I12 {account.address} is {account.state} and says nothing"
            for account in self.rig.accounts()
            if account.state not in {*WORKING, "linking", "backfilling"}
            and not (account.state_reason and account.next_action)
        ]


def same(one: Any, other: Any) -> list[str]:
    """I9: two ways to the same mail end in the same place."""
    return [] if one == other else [f"I9 {one} is not {other}"]
