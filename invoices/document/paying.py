"""The link to pay on a PDF: to click on a screen, as a code on paper."""

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from invoices.document import fonts
from invoices.document.styles import INK, STRONG, TEXT, TIGHT, WIDTH, text

# Wide enough for any telephone at the length of a signed link.
SIDE = 30 * mm


def pay_part(link: str) -> list[Flowable]:
    where = fonts.markup("Open this page to pay online")
    words = [
        text("Pay by card", STRONG),
        text("Point the camera of your telephone at the code, or open the link."),
        Paragraph(f'<link href="{link}" color="{INK.hexval()}"><u>{where}</u></link>', TEXT),
    ]
    row = [[_code(link), words]]
    style = TableStyle([*TIGHT, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    widths = [SIDE + 4 * mm, WIDTH - SIDE - 4 * mm]
    return [Table(row, colWidths=widths, style=style, hAlign="LEFT")]


def _code(link: str) -> Drawing:
    # Level L: the code is printed clean, and fewer squares are larger ones.
    code = QrCodeWidget(link, barLevel="L", barWidth=SIDE, barHeight=SIDE, barBorder=0)
    drawing = Drawing(SIDE, SIDE)
    drawing.add(code)
    return drawing
