"""Cells that a spreadsheet would run as a formula, made harmless and brought back.

A cell that begins with = + - @ or a tab gets an apostrophe in front (OWASP: CSV injection); one
that already begins with apostrophes before such a sign gets one more, so that `unguard` returns
every cell as it was.
"""

import re

RUNS = re.compile(r"^'*[=+\-@\t\r]")
GUARDED = re.compile(r"^'+[=+\-@\t\r]")


def guard(cell: str) -> str:
    return f"'{cell}" if RUNS.match(cell) else cell


def unguard(cell: str) -> str:
    return cell[1:] if GUARDED.match(cell) else cell
