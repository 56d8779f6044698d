"""Things on their way that keep their order: whoever is early waits until all before it have passed."""

import asyncio


class InOrder:
    """Numbers are drawn in order; `turn` returns when every number before has passed."""

    def __init__(self) -> None:
        self._drawn = self._passed = 0
        self._early: dict[int, asyncio.Future[None]] = {}

    def draw(self) -> int:
        """The next number. Who draws one has to pass, sooner or later."""
        self._drawn += 1
        return self._drawn - 1

    async def turn(self, number: int) -> None:
        if number > self._passed:
            self._early[number] = asyncio.get_running_loop().create_future()
            await self._early[number]

    def passed(self) -> None:
        """Whoever's turn it was has passed: the next one may."""
        self._passed += 1
        following = self._early.pop(self._passed, None)
        if following is not None and not following.done():
            following.set_result(None)
