"""Lay out rows as aligned columns for a terminal, or as a comma-separated table."""

from __future__ import annotations

import csv
import io
import json
from typing import Any


def columns(header: list[str], cells: list[list[str]]) -> str:
    """Return a header and rows of text as aligned columns."""
    widths = [max(len(line[index]) for line in [header, *cells]) for index in range(len(header))]
    lines = [header, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def csv_text(lines: list[dict[str, Any]]) -> str:
    """Return rows of the same keys as a table; a list becomes JSON in its cell."""
    out = io.StringIO()
    if lines:
        writer = csv.DictWriter(out, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        for line in lines:
            writer.writerow(
                {
                    key: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                    for key, value in line.items()
                }
            )
    return out.getvalue()
