"""`python -m app` is the same as `aftertouch`."""

from app.cli import console

console()
