"""Why two records may be one contact, in short phrases for a person."""

from contacts.matching import fields as f
from contacts.matching.compare import Compared
from contacts.matching.name_reasons import name_reason
from contacts.matching.prepare import Prepared

_SIMPLE = {
    "tax": {f.EQUAL: "same tax number", f.NEAR: "tax number differs by one digit"},
    "email": {
        f.EQUAL: "same e-mail",
        f.NEAR: "e-mail differs by a letter or two",
        f.SAME_LOCAL: "same e-mail name at another domain",
        f.SAME_DOMAIN: "same e-mail domain",
    },
    "mobile": {f.EQUAL: "same mobile", f.NEAR: "mobile differs by one digit"},
    "landline": {f.EQUAL: "same phone", f.NEAR: "phone differs by one digit"},
    "account": {f.EQUAL: "same account number"},
    "person": {f.EQUAL: "same contact person"},
}
_STREET = {
    4 * f.EQUAL + f.EQUAL: "same address",
    4 * f.EQUAL + f.NEAR: "same street, house number differs by one digit",
    4 * f.EQUAL + f.DIFFERENT: "same street, other house number",
    4 * f.EQUAL + f.MISSING: "same street",
    4 * f.NEAR + f.EQUAL: "similar street, same house number",
    4 * f.NEAR + f.NEAR: "similar street",
    4 * f.NEAR + f.MISSING: "similar street",
    f.OTHER_UNIT: "same building, other unit",
}
_PLACE = {
    4 * f.EQUAL + f.EQUAL: "same city and postcode",
    4 * f.EQUAL + f.NEAR: "same city",
    4 * f.EQUAL + f.DIFFERENT: "same city, other postcode",
    4 * f.EQUAL + f.MISSING: "same city",
    4 * f.NEAR + f.EQUAL: "same postcode, similar city",
    4 * f.DIFFERENT + f.EQUAL: "same postcode",
    4 * f.MISSING + f.EQUAL: "same postcode",
}
# Outcomes that support an identity: a street does, a town or a mail domain does not.
_SUPPORTS = {
    "tax": (f.EQUAL, f.NEAR),
    "email": (f.EQUAL, f.NEAR),
    "mobile": (f.EQUAL, f.NEAR),
    "landline": (f.EQUAL, f.NEAR),
    "account": (f.EQUAL,),
    "address": tuple(_STREET),
}


def reasons(a: Prepared, b: Prepared, compared: Compared, n: int) -> tuple[str, ...]:
    """Return the reasons for pair n, the name first, then the strongest fields first."""
    found = [name_reason(a, b)]
    for field, phrases in _SIMPLE.items():
        found.append(phrases.get(int(compared.outcomes[field][n]), ""))
    found.append(_STREET.get(int(compared.outcomes["address"][n]), ""))
    found.append(_PLACE.get(int(compared.outcomes["place"][n]) % 16, ""))
    return tuple(reason for reason in found if reason)


def corroborated(compared: Compared, n: int) -> bool:
    """Tell whether something besides the name agrees; a town counts with its postcode only."""
    place = int(compared.outcomes["place"][n]) % 16
    return place == 4 * f.EQUAL + f.EQUAL or any(
        int(compared.outcomes[field][n]) in outcomes for field, outcomes in _SUPPORTS.items()
    )
