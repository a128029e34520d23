"""An invoice as a PDF, drawn by reportlab from the same content as the printed page."""

from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.formats import date_format
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from invoices.document import fonts
from invoices.document.content import Content
from invoices.document.pages import NumberedCanvas
from invoices.figures import figure
from invoices.models import InvoiceLine

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
INK = colors.HexColor("#1c2530")
FAINT = colors.HexColor("#5b6673")
RULE = colors.HexColor("#c9d1d9")

TEXT = ParagraphStyle("text", fontName=fonts.SANS, fontSize=9, leading=12.5, textColor=INK)
FIGURE = ParagraphStyle("figure", parent=TEXT, alignment=TA_RIGHT)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=fonts.SANS_BOLD)
STRONG_FIGURE = ParagraphStyle("strong figure", parent=STRONG, alignment=TA_RIGHT)
LABEL = ParagraphStyle("label", parent=TEXT, fontSize=8, leading=11, textColor=FAINT)
LABEL_FIGURE = ParagraphStyle("label figure", parent=LABEL, alignment=TA_RIGHT)
TITLE = ParagraphStyle("title", parent=STRONG, fontSize=20, leading=26)
SELLER = ParagraphStyle("seller", parent=STRONG_FIGURE, fontSize=12, leading=16)

PLAIN = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
TIGHT = [*PLAIN, ("RIGHTPADDING", (-1, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 1)]


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
        _lines(content),
        Spacer(1, 3 * mm),
        KeepTogether([_sums(content)]),
    ]
    details = content.invoice.business.payment_details
    for label, words in (("Notes", content.invoice.notes), ("How to pay", details)):
        if words.strip():
            story += [Spacer(1, 6 * mm), _text(label, STRONG), _text(words)]
    return story


def _text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(fonts.markup(words), style)


def _figure(amount: Decimal, style: ParagraphStyle = FIGURE) -> Paragraph:
    return _text(f"{amount:,.2f}", style)


def _grid(rows: list[list[Any]], widths: list[float], style: list[Any]) -> Table:
    return Table(rows, colWidths=widths, style=TableStyle(style), hAlign="LEFT")


def _head(content: Content) -> Table:
    seller = [_text(content.invoice.business.name, SELLER)]
    seller += [_text(line, LABEL_FIGURE) for line in content.seller]
    rows = [[_text(content.heading, TITLE), seller]]
    return _grid(rows, [WIDTH * 0.45, WIDTH * 0.55], TIGHT)


def _parties(content: Content) -> Table:
    buyer = [_text("Bill to", LABEL), _text(content.buyer[0], STRONG)]
    buyer += [_text(line) for line in content.buyer[1:]]
    facts = [[_text(label, LABEL), _text(value)] for label, value in _facts(content)]
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


def _lines(content: Content) -> Table:
    headings = ["Description", "Quantity", "Price"]
    shares = [0.0, 0.12, 0.14]
    if content.has_discounts:
        headings.append("Discount")
        shares.append(0.11)
    if content.has_tax:
        headings.append("Tax")
        shares.append(0.13)
    headings.append(f"Amount {content.invoice.currency}")
    shares.append(0.16)
    shares[0] = 1 - sum(shares)
    rows: list[list[Any]] = [
        [_text(words, LABEL if at == 0 else LABEL_FIGURE) for at, words in enumerate(headings)]
    ]
    rows += [_line(content, line) for line in content.lines]
    style = [
        *PLAIN,
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    # The head repeats on each page; a description longer than a page is cut within its row.
    return Table(
        rows,
        colWidths=[share * WIDTH for share in shares],
        style=TableStyle(style),
        repeatRows=1,
        splitInRow=1,
        hAlign="LEFT",
    )


def _line(content: Content, line: InvoiceLine) -> list[Any]:
    cells = [
        _text(line.description),
        _text(figure(line.quantity, grouped=True), FIGURE),
        _text(figure(line.unit_price, places=2, grouped=True), FIGURE),
    ]
    if content.has_discounts:
        discount = f"{figure(line.discount_percent)} %" if line.discount_percent else ""
        cells.append(_text(discount, FIGURE))
    if content.has_tax:
        cells.append(_text(line.tax_rate.name, FIGURE))
    cells.append(_figure(line.line_amount))
    return cells


def _sums(content: Content) -> Table:
    invoice = content.invoice
    rows = [[_text("Subtotal without tax"), _figure(invoice.subtotal)]]
    rows += [
        [_text(f"{part.name} on {part.net:,.2f}"), _figure(part.tax)] for part in content.tax_parts
    ]
    total = len(rows)
    rows.append([_text(f"Total {invoice.currency}", STRONG), _figure(invoice.total, STRONG_FIGURE)])
    if invoice.amount_paid:
        rows.append([_text("Paid"), _figure(-invoice.amount_paid)])
    if not invoice.is_void:
        rows.append([_text("Amount due", STRONG), _figure(invoice.amount_due, STRONG_FIGURE)])
    style = [*TIGHT, ("LINEABOVE", (0, total), (-1, total), 0.8, INK)]
    table = _grid(rows, [WIDTH * 0.3, WIDTH * 0.2], style)
    table.hAlign = "RIGHT"
    return table
