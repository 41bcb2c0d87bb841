"""The report's curves as SVG that takes its colours from the page, so that they follow a dark theme and print well."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 340, 210
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 10, 34


@dataclass(frozen=True)
class Chart:
    """Lines over the same places: `paths` has for each its name, its points as SVG writes them, and its last height."""

    title: str
    label: str
    paths: list[tuple[str, str, float]]
    rows: list[tuple[float, str]]
    columns: list[tuple[float, str]]
    best: tuple[float, str] | None
    summary: str


def chart(
    title: str,
    label: str,
    lines: Mapping[str, Sequence[float | None]],
    names: Sequence[str],
    best: int | None = None,
    top: float | None = None,
) -> Chart:
    """A chart of some lines, one value for each name along the bottom; None leaves a gap at the start of a line.

    `best` is marked by a thin line; `top` fixes the upper end.
    """
    highest = top or max((value for line in lines.values() for value in line if value is not None), default=1) or 1
    across = [LEFT + (WIDTH - LEFT - RIGHT) * place / max(1, len(names) - 1) for place in range(len(names))]

    def height(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(1, value / highest), 1)

    paths = []
    for name, line in lines.items():
        points = [f"{x:.1f},{height(value)}" for x, value in zip(across, line) if value is not None]
        if points:
            paths.append((name, " ".join(points), height(line[-1])))
    rows = [(height(highest * part / 4), _number(highest * part / 4, _places(highest / 4))) for part in range(5)]
    step = -(-len(names) * (1 + max(map(len, names)) // 4) // 8)
    columns = [(round(across[place], 1), names[place]) for place in range(0, len(names), step)]
    marked = None if best is None else (round(across[best], 1), names[best])
    return Chart(title, label, paths, rows, columns, marked, _summary(lines))


def _summary(lines: Mapping[str, Sequence[float | None]]) -> str:
    ends = [f"{name} from {_number(_first(line))} to {_number(line[-1])}" for name, line in lines.items() if len(line)]
    return "; ".join(ends)


def _first(line: Sequence[float | None]) -> float:
    return next((value for value in line if value is not None), 0.0)


def _number(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _places(step: float) -> int:
    """How many decimals tell numbers apart that lie a step from each other; the page has room for four."""
    return min(4, max(2, -math.floor(math.log10(step))))
