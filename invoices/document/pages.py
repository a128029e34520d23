"""Pages that know how many there are: "Page 2 of 3" at the foot of each."""

from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from invoices.document import fonts
from invoices.document.styles import FAINT, MARGIN

FOOT = 12 * mm  # above the edge that printers cannot reach


class NumberedCanvas(Canvas):  # type: ignore[misc]
    """Keep each page until the last one is drawn, and only then write the feet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page in self._pages:
            self.__dict__.update(page)
            self._draw_foot(len(self._pages))
            super().showPage()
        super().save()

    def _draw_foot(self, count: int) -> None:
        self.setFont(fonts.SANS, 7.5)
        self.setFillColor(FAINT)
        self.drawString(MARGIN, FOOT, str(self._doc.info.title))
        foot = f"Page {self._pageNumber} of {count}"
        self.drawRightString(A4[0] - MARGIN, FOOT, foot)
