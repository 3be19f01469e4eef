"""Work done a few steps ahead of whoever takes its results."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

__all__ = ["ahead"]

_AHEAD = 4
"""Items at work at the same time: more than reading workers, so that none waits."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


async def ahead(
    items: Iterable[_Item], do: Callable[[_Item], Awaitable[_Made]]
) -> AsyncGenerator[tuple[_Item, _Made], None]:
    """Each item with what was made of it, in their order, a few of them at work at a time."""
    waiting: deque[tuple[_Item, asyncio.Future[_Made]]] = deque()
    try:
        for item in items:
            waiting.append((item, asyncio.ensure_future(do(item))))
            if len(waiting) >= _AHEAD:
                first, made = waiting.popleft()
                yield first, await made
        while waiting:
            first, made = waiting.popleft()
            yield first, await made
    finally:
        for _, made in waiting:
            made.cancel()
