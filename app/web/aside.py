"""Aside: whatever may look through a whole history, beside the event loop, so that nobody's advice waits for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Told = TypeVar("Told")

AT_ONCE = 4
"""Each holds a connection while it waits for a history that another one makes: more would leave none for advice."""
_HANDS = ThreadPoolExecutor(AT_ONCE, "aside")


async def aside(work: Callable[Given, Told], *args: Given.args, **named: Given.kwargs) -> Told:
    """What `work` gives or raises, with the scope of whoever asks (app/store/scope.py)."""
    call = partial(copy_context().run, work, *args, **named)
    return await asyncio.get_running_loop().run_in_executor(_HANDS, call)
