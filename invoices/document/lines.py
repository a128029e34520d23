"""The table of an invoice's lines in the PDF, over as many pages as it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reportlab.platypus import Paragraph, Table, TableStyle

from invoices.document.content import Content
from invoices.document.styles import (
    FIGURE,
    INK,
    LABEL,
    LABEL_FIGURE,
    PLAIN,
    RULE,
    WIDTH,
    amount,
    text,
)
from invoices.figures import figure
from invoices.models import InvoiceLine

PADDING = 6  # points at the right of a cell, reportlab's own
# A row cannot be cut by a page's end, so a description longer than this goes on in a further row.
TALLEST = 150


@dataclass(frozen=True)
class Column:
    """`share` is the part of the page's width."""

    heading: str
    share: float
    cell: Callable[[InvoiceLine], Paragraph]


def line_table(content: Content) -> Table:
    """Return the table; its head is repeated on each page."""
    columns = _columns(content)
    width = (1 - sum(column.share for column in columns)) * WIDTH
    heads = [text("Description", LABEL), *(text(c.heading, LABEL_FIGURE) for c in columns)]
    rows: list[list[Any]] = [heads]
    style: list[Any] = [
        *PLAIN,
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
    ]
    for line in content.lines:
        first, *further = _pieces(text(line.description), width - PADDING)
        rows.append([first, *(column.cell(line) for column in columns)])
        rows += [[piece, *("" for _ in columns)] for piece in further]
        style.append(("LINEBELOW", (0, len(rows) - 1), (-1, len(rows) - 1), 0.4, RULE))
    widths = [width, *(column.share * WIDTH for column in columns)]
    return Table(rows, colWidths=widths, style=TableStyle(style), repeatRows=1, hAlign="LEFT")


def _columns(content: Content) -> list[Column]:
    """The columns beside the description; those that would stay empty are left out."""
    columns = [
        Column("Quantity", 0.12, lambda line: text(figure(line.quantity, grouped=True), FIGURE)),
        Column("Price", 0.14, _price),
    ]
    if content.has_discounts:
        columns.append(Column("Discount", 0.11, _discount))
    if content.has_tax:
        columns.append(Column("Tax", 0.13, lambda line: text(line.tax_rate.name, FIGURE)))
    heading = f"Amount {content.invoice.currency}"
    columns.append(Column(heading, 0.16, lambda line: amount(line.line_amount)))
    return columns


def _price(line: InvoiceLine) -> Paragraph:
    return text(figure(line.unit_price, places=2, grouped=True), FIGURE)


def _discount(line: InvoiceLine) -> Paragraph:
    return text(f"{figure(line.discount_percent)} %" if line.discount_percent else "", FIGURE)


def _pieces(paragraph: Paragraph, width: float) -> list[Paragraph]:
    """Cut a paragraph into pieces of at most TALLEST."""
    pieces = []
    rest = paragraph
    while rest.wrap(width, TALLEST)[1] > TALLEST:
        head, rest = rest.split(width, TALLEST)
        pieces.append(head)
    return [*pieces, rest]
