"""Pages that know how many there are: "Page 2 of 3" at the foot of each."""

from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from invoices.document import fonts


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
        self.setFillColor(colors.HexColor("#5b6673"))
        self.drawString(18 * mm, 12 * mm, str(self._doc.info.title))
        foot = f"Page {self._pageNumber} of {count}"
        self.drawRightString(A4[0] - 18 * mm, 12 * mm, foot)
