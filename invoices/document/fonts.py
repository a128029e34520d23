"""The fonts of PDFs. The fonts that every reader has know Western Europe only."""

import re
from functools import lru_cache
from html import escape

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

# Latin with all accents, Greek, Cyrillic and more; embedded in the file.
SANS = "DejaVuSans"
SANS_BOLD = "DejaVuSans-Bold"
FOLDER = settings.BASE_DIR / "static/vendor/dejavu-2.37"

# Adobe's own names for Chinese (with kana) and Korean: readers bring these fonts themselves, since
# embedding one would add megabytes to each invoice.
CHINESE = "STSong-Light"
KOREAN = "HYSMyeongJo-Medium"
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+")
EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+")


@lru_cache(maxsize=1)
def register() -> None:
    """Make the fonts known to reportlab, once in a process."""
    for name in (SANS, SANS_BOLD):
        pdfmetrics.registerFont(TTFont(name, FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(
        SANS, normal=SANS, bold=SANS_BOLD, italic=SANS, boldItalic=SANS_BOLD
    )
    for name in (CHINESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


def markup(text: str) -> str:
    """Return `text` for a Paragraph: escaped, with its line breaks, in fonts that have it."""
    parts = []
    position = 0
    for match in EAST_ASIAN.finditer(text):
        parts.append(_plain(text[position : match.start()]))
        font = KOREAN if HANGUL.search(match.group()) else CHINESE
        parts.append(f'<font name="{font}">{_plain(match.group())}</font>')
        position = match.end()
    parts.append(_plain(text[position:]))
    return "".join(parts)


def _plain(text: str) -> str:
    """Escape; a control character would break the file's XML."""
    shown = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    return escape(shown, quote=False).replace("\n", "<br/>")
