"""How long what a connector takes to be true is not: of positions, fills and open orders, on the virtual clock.

It looks before each jump of the time, when all that was on its way has arrived: what is told at once takes 0 ms.
"""

from collections.abc import Callable, Mapping

#: What is compared, in the order of the table.
FIGURES = ("position", "fills", "open orders")


class TruthWatch:
    """The longest mismatch by figure, in ms. `differs` says which figures are not as the exchange has them."""

    def __init__(self, now_s: Callable[[], float], differs: Callable[[], Mapping[str, bool]]) -> None:
        self._now_s, self._differs = now_s, differs
        self._since_s: dict[str, float] = {}
        self.longest_ms = dict.fromkeys(FIGURES, 0)

    def look(self) -> None:
        now_s = self._now_s()
        for figure, differs in self._differs().items():
            if differs:
                since_s = self._since_s.setdefault(figure, now_s)
                # It goes on: as long as it has lasted it is wrong already.
                self.longest_ms[figure] = max(self.longest_ms[figure], round((now_s - since_s) * 1000))
            elif figure in self._since_s:
                lasted_ms = round((now_s - self._since_s.pop(figure)) * 1000)
                self.longest_ms[figure] = max(self.longest_ms[figure], lasted_ms)


def table(rows: Mapping[str, list[Mapping[str, int]]]) -> list[str]:
    """The longest mismatch by fault, over its runs, as lines of text."""
    lines = [f"{'fault':32}{'runs':>6}" + "".join(f"{figure:>16}" for figure in FIGURES)]
    for fault, runs in sorted(rows.items()):
        longest = (max(run[figure] for run in runs) for figure in FIGURES)
        lines.append(f"{fault:32}{len(runs):>6}" + "".join(f"{ms:>13} ms" for ms in longest))
    return lines
