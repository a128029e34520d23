"""How an invoice looks in the PDF: page, colours, type."""

from decimal import Decimal

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

from invoices.document import fonts

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


def text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(fonts.markup(words), style)


def amount(value: Decimal, style: ParagraphStyle = FIGURE) -> Paragraph:
    return text(f"{value:,.2f}", style)
