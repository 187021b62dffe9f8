"""What can go wrong in the store, as few leaves as there are things to do about it."""


class StoreError(Exception):
    """Root of the tree; the message is for the person and holds no secret."""


class StoreUnavailable(StoreError):
    """The database cannot be reached, is locked, unreadable or read-only: nothing was written, try again later."""


class StorageFull(StoreUnavailable):
    """No room left on the disk: nothing was written, free some space."""


class StatementRefused(StoreError):
    """A fault of this program: the statement was wrong or broke a rule of the tables. Nothing was written."""


class KeyMissing(StoreError):
    """What is sealed cannot be opened with the keys at hand. Nothing may be overwritten."""


class LeaseLost(StoreError):
    """Another worker holds this account's lease now: throw away what you were about to write."""
