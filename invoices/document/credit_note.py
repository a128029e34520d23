"""A credit note as a PDF, in the looks of an invoice.

In Australia an adjustment note says that it is one and names the seller, its ABN, the buyer, the
date, the reason and the change in price and GST (ATO, "Adjustment notes", GSTR 2013/2).
"""

from io import BytesIO

from django.utils.formats import date_format
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, Table, TableStyle

from invoices.document import fonts
from invoices.document.content import buyer_of, seller_of
from invoices.document.pages import NumberedCanvas
from invoices.document.styles import (
    INK,
    LABEL,
    LABEL_FIGURE,
    MARGIN,
    PLAIN,
    RULE,
    SELLER,
    STRONG,
    STRONG_FIGURE,
    TIGHT,
    TITLE,
    WIDTH,
    amount,
    text,
)
from invoices.models import CreditNote


def credit_note_pdf_of(note: CreditNote) -> bytes:
    fonts.register()
    file = BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,  # room for the page's number
        title=f"{_heading(note)} {note.number}",
        author=note.business.name,
        lang="en-AU",
    )
    parts: list[Flowable] = [_head(note), _facts(note), _lines(note), _sums(note)]
    story: list[Flowable] = []
    for part in parts:
        story += [part, Spacer(1, 7 * mm)]
    document.build(story, canvasmaker=NumberedCanvas)
    return file.getvalue()


def _heading(note: CreditNote) -> str:
    """Only who is registered for GST adjusts any."""
    return "Adjustment note" if note.business.gst_registered else "Credit note"


def _head(note: CreditNote) -> Table:
    seller = [text(note.business.name, SELLER)]
    seller += [text(line, LABEL_FIGURE) for line in seller_of(note.invoice)]
    rows = [[text(_heading(note), TITLE), seller]]
    return _grid(rows, [WIDTH * 0.45, WIDTH * 0.55])


def _facts(note: CreditNote) -> Table:
    first, *further = buyer_of(note.invoice.contact)
    buyer = [text("Credited to", LABEL), text(first, STRONG), *(text(line) for line in further)]
    facts = {
        "Number": note.number,
        "Date": date_format(note.date, "j F Y"),
        "For invoice": f"{note.invoice.number} of {date_format(note.invoice.date, 'j F Y')}",
        "Reason": note.reason,
    }
    shown = [[text(label, LABEL), text(value)] for label, value in facts.items() if value]
    inner = _grid(shown, [WIDTH * 0.16, WIDTH * 0.34])
    return _grid([[buyer, inner]], [WIDTH * 0.5, WIDTH * 0.5])


def _lines(note: CreditNote) -> Table:
    rows = [[text("Description", LABEL), text("Tax", LABEL), text("Credited", LABEL_FIGURE)]]
    rows += [
        [text(str(line)), text(line.tax_rate.name), amount(line.amount)]
        for line in note.lines.select_related("tax_rate")
    ]
    style = [
        *PLAIN,
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    widths = [WIDTH * 0.62, WIDTH * 0.2, WIDTH * 0.18]
    return Table(rows, colWidths=widths, style=TableStyle(style), repeatRows=1, hAlign="LEFT")


def _sums(note: CreditNote) -> Table:
    rows = [
        [text("Subtotal without tax"), amount(note.subtotal)],
        [text("Tax"), amount(note.tax_total)],
        [text(f"Credit {note.invoice.currency}", STRONG), amount(note.total, STRONG_FIGURE)],
    ]
    table = _grid(rows, [WIDTH * 0.3, WIDTH * 0.2], ("LINEABOVE", (0, 2), (-1, 2), 0.8, INK))
    table.hAlign = "RIGHT"
    return table


def _grid(rows: list[list[object]], widths: list[float], *style: object) -> Table:
    return Table(rows, colWidths=widths, style=TableStyle([*TIGHT, *style]), hAlign="LEFT")
