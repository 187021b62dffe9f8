"""The key file: made on first start, readable by its owner alone, replaced as a whole or not at all."""

import os
import stat
from pathlib import Path

from app.store.errors import KeyMissing
from app.store.sealing import Keyring


def read_key_file(path: Path) -> Keyring:
    """Raises KeyMissing when the file is absent, damaged, or open to others than its owner."""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyMissing(f"{path} can be read by others. Make it yours alone: chmod 600 {path}")
            return Keyring.parse(file.read())
    except OSError as error:
        raise KeyMissing(f"The key file {path} cannot be read: {error.strerror}.") from error


def read_or_make_key_file(path: Path) -> Keyring:
    """The ring in the file; a new ring in a new file when there is none. Two starts at once agree on one file.

    Raises KeyMissing as `read_key_file`.
    """
    if not path.exists():
        fresh = _written_beside(path, Keyring.new())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return read_key_file(path)


def replace_key_file(path: Path, keyring: Keyring) -> None:
    """Write the ring so that after a crash either the old or the new file stands, never half of one."""
    _written_beside(path, keyring).replace(path)
    _flush(path.parent)


class WatchedKeyFile:
    """The ring of a file that another process may rotate while this one runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._look()

    def newer(self) -> Keyring | None:
        """The ring when the file is another one than last time, else None. Raises KeyMissing as `read_key_file`."""
        look = self._look()
        if look == self._seen:
            return None
        ring = read_key_file(self._path)
        self._seen = look
        return ring

    def _look(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_mtime_ns


def _written_beside(path: Path, keyring: Keyring) -> Path:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(keyring.dump())
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
