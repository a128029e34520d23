"""Street addresses: number, street, unit and post box, whichever line they were written on."""

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from contacts.matching.text import fold, words
from contacts.matching.word_lists import pairs

# Street types by their usual abbreviations (Australia Post, "Street types"; USPS Publication 28,
# appendix C1).
_STREET_TYPES = pairs(
    """street=st str=st sts=st road=rd avenue=ave av=ave drive=dr drv=dr place=pl crescent=cres
    crs=cres cr=cres court=ct circuit=cct circ=cct close=cl lane=ln terrace=tce ter=tce terr=tce
    boulevard=blvd boul=blvd bvd=blvd parade=pde highway=hwy parkway=pkwy grove=gr gv=gr way=way
    square=sq esplanade=esp promenade=prom alley=aly loop=loop rise=rise circle=cir
    crossing=xing freeway=fwy mews=mews quay=qy row=row walk=wlk gardens=gdns heights=hts
    ridge=rdge view=vw track=trk mall=mall pike=pike"""
)
STREET_TYPES = frozenset(_STREET_TYPES.values())
_DIRECTIONS = pairs(
    "north=n south=s east=e west=w northeast=ne northwest=nw southeast=se southwest=sw"
)
_ORDINALS = pairs(
    """first=1st second=2nd third=3rd fourth=4th fifth=5th sixth=6th seventh=7th eighth=8th
    ninth=9th tenth=10th"""
)
_CANONICAL = _STREET_TYPES | _DIRECTIONS | _ORDINALS

_BOX = re.compile(r"\b(?:g?p\.?\s?o\.?\s?|locked |private )?(?:box|bag)\.?\s*(\d+)")
_UNIT = re.compile(
    r"\b(?:unit|suite|ste|shop|level|lvl|flat|apt|apartment|villa|lot|sec|floor|room|rm|office|u|l)\.?\s*"
    r"(\d+[a-z]?)\b[\s,/-]*|\b(\d+[a-z]?)\s*/\s*(?=\d)|#\s*(\d+)"
)
_HOUSE = re.compile(r"\b(\d+)([a-z]?)\b(?:\s*-\s*\d+)?")


# Types long enough to be known by their spelling when mistyped.
_LONG_TYPES = tuple(kind for kind in _STREET_TYPES if len(kind) >= 5)


class Address(NamedTuple):
    """The parts compared; `street` is without its type, `other` the other line run together."""

    number: str = ""
    street: str = ""
    unit: str = ""
    box: str = ""
    other: str = ""


class _Line(NamedTuple):
    number: str
    street: str
    has_type: bool


@lru_cache(maxsize=2048)
def read_address(line1: str, line2: str = "") -> Address:
    """Read two address lines: the one that looks like a street, and the other beside it."""
    box, unit, lines = "", "", []
    for raw in (line1, line2):
        if not raw:
            continue
        text = fold(raw)
        if found := _BOX.search(text):
            box = box or found[1]
            text = text[: found.start()] + " " + text[found.end() :]
        if found := _UNIT.search(text):
            unit = unit or found[1] or found[2] or found[3] or ""
            text = text[: found.start()] + " " + text[found.end() :]
        lines.append(_read_line(text))
    return _join_lines(lines, unit, box)


def _read_line(text: str) -> _Line:
    number = ""
    if found := _HOUSE.search(text):
        number = found[1].lstrip("0")
        text = text[found.end() :] if text[found.end() :].strip(" .,") else text[: found.start()]
    split = [_CANONICAL.get(w, w) for w in words(text)]
    # Up to the street type: what follows is a corner, a suburb or a shopping centre.
    at = next((i for i, w in enumerate(split) if w in STREET_TYPES and i), None)
    if at is not None:
        return _Line(number, "".join(split[:at]), True)
    return _without_mistyped_type(number, split)


def _without_mistyped_type(number: str, split: list[str]) -> _Line:
    """Drop a street type that is mistyped ("banks xtreet") or has lost its space."""
    if len(split) > 1 and len(split[-1]) >= 5 and _is_nearly_type(split[-1]):
        return _Line(number, "".join(split[:-1]), True)
    run = "".join(split)
    for kind in _LONG_TYPES:
        if run.endswith(kind) and len(run) >= len(kind) + 3:
            return _Line(number, run.removesuffix(kind), True)
    return _Line(number, run, False)


@lru_cache(maxsize=2048)
def _is_nearly_type(word: str) -> bool:
    return any(OSA.distance(word, kind, score_cutoff=1) <= 1 for kind in _LONG_TYPES)


def _join_lines(lines: list[_Line], unit: str, box: str) -> Address:
    if not lines:
        return Address(unit=unit, box=box)
    # A street type outweighs a number, a number outweighs nothing; the first line wins a tie.
    ranked = sorted(lines, key=lambda line: 2 * line.has_type + bool(line.number), reverse=True)
    main, rest = ranked[0], ranked[1:]
    number = main.number or next(
        (line.number for line in rest if line.number and not line.street), ""
    )
    if not main.street and rest:
        return Address(number, rest[0].street, unit, box, "")
    return Address(number, main.street, unit, box, rest[0].street if rest else "")
