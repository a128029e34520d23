"""An invoice as a PDF, drawn by reportlab from the same content as the printed page."""

from io import BytesIO
from typing import Any

from django.utils.formats import date_format
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table, TableStyle

from invoices.document import fonts
from invoices.document.content import Content
from invoices.document.lines import line_table
from invoices.document.pages import NumberedCanvas
from invoices.document.paying import pay_part
from invoices.document.styles import (
    INK,
    LABEL,
    LABEL_FIGURE,
    MARGIN,
    SELLER,
    STRONG,
    STRONG_FIGURE,
    TIGHT,
    TITLE,
    WIDTH,
    amount,
    text,
)


def pdf_of(content: Content) -> bytes:
    fonts.register()
    invoice = content.invoice
    file = BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,  # room for the page's number
        title=f"{content.heading} {invoice.number}".strip(),
        author=invoice.business.name,
        lang="en-AU",
    )
    document.build(_story(content), canvasmaker=NumberedCanvas)
    return file.getvalue()


def _story(content: Content) -> list[Flowable]:
    story: list[Flowable] = [
        _head(content),
        Spacer(1, 8 * mm),
        _parties(content),
        Spacer(1, 8 * mm),
        line_table(content),
        Spacer(1, 3 * mm),
        KeepTogether([_sums(content)]),
    ]
    details = content.invoice.business.payment_details
    for label, words in (("Notes", content.invoice.notes), ("How to pay", details)):
        if words.strip():
            story += [Spacer(1, 6 * mm), text(label, STRONG), text(words)]
    if content.pay_link:
        story += [Spacer(1, 6 * mm), KeepTogether(pay_part(content.pay_link))]
    return story


def _grid(rows: list[list[Any]], widths: list[float], style: list[Any]) -> Table:
    return Table(rows, colWidths=widths, style=TableStyle(style), hAlign="LEFT")


def _head(content: Content) -> Table:
    seller = [text(content.invoice.business.name, SELLER)]
    seller += [text(line, LABEL_FIGURE) for line in content.seller]
    rows = [[text(content.heading, TITLE), seller]]
    return _grid(rows, [WIDTH * 0.45, WIDTH * 0.55], TIGHT)


def _parties(content: Content) -> Table:
    buyer = [text("Bill to", LABEL), text(content.buyer[0], STRONG)]
    buyer += [text(line) for line in content.buyer[1:]]
    facts = [[text(label, LABEL), text(value)] for label, value in _facts(content)]
    inner = _grid(facts, [WIDTH * 0.16, WIDTH * 0.34], TIGHT)
    return _grid([[buyer, inner]], [WIDTH * 0.5, WIDTH * 0.5], TIGHT)


def _facts(content: Content) -> list[tuple[str, str]]:
    invoice = content.invoice
    facts = [
        ("Number", invoice.number or "Given when issued"),
        ("Date", date_format(invoice.date, "j F Y")),
        ("Due", date_format(invoice.due_date, "j F Y")),
        (
            "Service date",
            date_format(invoice.service_date, "j F Y") if invoice.service_date else "",
        ),
        ("Reference", invoice.reference),
        ("Pool", content.pool),
    ]
    return [(label, value) for label, value in facts if value]


def _sums(content: Content) -> Table:
    invoice = content.invoice
    rows = [[text("Subtotal without tax"), amount(invoice.subtotal)]]
    rows += [
        [text(f"{part.name} on {part.net:,.2f}"), amount(part.tax)] for part in content.tax_parts
    ]
    total = len(rows)
    rows.append([text(f"Total {invoice.currency}", STRONG), amount(invoice.total, STRONG_FIGURE)])
    if invoice.amount_paid:
        rows.append([text("Paid"), amount(-invoice.amount_paid)])
    if not invoice.is_void:
        rows.append([text("Amount due", STRONG), amount(invoice.amount_due, STRONG_FIGURE)])
    style = [*TIGHT, ("LINEABOVE", (0, total), (-1, total), 0.8, INK)]
    table = _grid(rows, [WIDTH * 0.3, WIDTH * 0.2], style)
    table.hAlign = "RIGHT"
    return table
