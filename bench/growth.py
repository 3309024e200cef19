#!/usr/bin/env python3
"""The results of growth.sh as a table (OUT.md, also printed) and a picture (OUT.svg): growth.py OUT RESULT..."""

import json
import math
import sys
from html import escape

COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#555555"]
WIDTH, HEIGHT, LEFT, TOP = 460, 300, 60, 20


def read(paths: list[str]) -> tuple[dict[int, int], dict[str, dict[int, dict]]]:
    """Bytes by number of resources; and by class and number of resources what the driver measured."""
    sizes: dict[int, int] = {}
    classes: dict[str, dict[int, dict]] = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        notes = dict(note.split(" ", 1) for note in result["notes"])
        resources = int(result["server"])
        sizes[resources] = int(notes["bytes"])
        classes.setdefault(notes["class"], {})[resources] = result["all"]
    return sizes, classes


def table(sizes: dict[int, int], classes: dict[str, dict[int, dict]]) -> str:
    """The table in Markdown."""
    columns = sorted(sizes)
    lines = ["| p50 / p99 in ms; per s |" + "".join(f" {column:,} resources |" for column in columns)]
    lines.append("|---|" + "--:|" * len(columns))
    for name, cells in classes.items():
        line = f"| `{name.replace('|', chr(92) + '|')}` |"
        for column in columns:
            cell = cells.get(column)
            failed = sum(count for _, count in cell["failures"]) if cell else 0
            text = f"{cell['p50_ms']:.2f} / {cell['p99_ms']:.2f}; {cell['per_second']:,.0f}" if cell else ""
            line += f" {text}{f' ({failed} failed)' if failed else ''} |"
        lines.append(line)
    lines.append("| bytes a resource |" + "".join(f" {sizes[column] / column:,.0f} |" for column in columns))
    return "\n".join(lines) + "\n"


def picture(sizes: dict[int, int], classes: dict[str, dict[int, dict]]) -> str:
    """p99 over the number of resources, both logarithmic, as SVG."""
    columns = sorted(sizes)
    values = [cell["p99_ms"] for cells in classes.values() for cell in cells.values() if cell["p99_ms"] > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    span = max(math.log10(columns[-1] / columns[0]), 1e-9)

    def across(resources: int) -> float:
        return LEFT + (math.log10(resources / columns[0]) / span) * WIDTH

    def down(milliseconds: float) -> float:
        return TOP + HEIGHT * (high - math.log10(milliseconds)) / max(high - low, 1)

    body = []
    for power in range(low, high + 1):
        y = down(10**power)
        body.append(f'<path d="M{LEFT} {y:.0f}h{WIDTH}" stroke="#ddd"/>')
        body.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:g} ms</text>')
    for column in columns:
        body.append(f'<text x="{across(column):.0f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{column:,}</text>')
    for index, (name, cells) in enumerate(classes.items()):
        colour = COLOURS[index % len(COLOURS)]
        points = " ".join(f"{across(at):.1f},{down(cell['p99_ms']):.1f}" for at, cell in sorted(cells.items()) if cell["p99_ms"] > 0)
        body.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body.append(f'<text x="{LEFT}" y="{TOP + HEIGHT + 40 + 15 * index}" fill="{colour}">{escape(name)}</text>')
    bottom = TOP + HEIGHT + 50 + 15 * len(classes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 50} {bottom}" font-family="sans-serif" font-size="11">\n'
        "<title>99th percentile of latency over resources stored</title>\n"
        '<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    SIZES, CLASSES = read(sys.argv[2:])
    for suffix, text in (("md", table(SIZES, CLASSES)), ("svg", picture(SIZES, CLASSES))):
        with open(f"{sys.argv[1]}.{suffix}", "w", encoding="utf-8") as out:
            out.write(text)
    print(table(SIZES, CLASSES), end="")
