"""What an import would do, before it does it."""

from collections import Counter
from dataclasses import dataclass, field

from businesses.models import Business
from contacts.imports.rows import ParsedRow, parse_row
from contacts.models import ImportFile
from contacts.search import fold


@dataclass(frozen=True)
class KnownRow:
    """A row whose name or e-mail an active contact has already."""

    row: ParsedRow
    contact_id: str
    contact_name: str
    shared: str


@dataclass
class Plan:
    """All rows of a list, sorted by what would become of them."""

    rows: list[ParsedRow] = field(default_factory=list)
    known: list[KnownRow] = field(default_factory=list)
    blank: int = 0
    repeated: int = 0

    @property
    def good(self) -> list[ParsedRow]:
        return [row for row in self.rows if not row.errors]

    @property
    def bad(self) -> list[ParsedRow]:
        return [row for row in self.rows if row.errors]

    @property
    def warned(self) -> list[ParsedRow]:
        return [row for row in self.good if row.warnings]

    @property
    def named(self) -> list[ParsedRow]:
        return [row for row in self.good if row.named_from]


def make_plan(imported: ImportFile) -> Plan:
    """Read every row of `imported` by its mapping and compare it with the contacts there are."""
    plan = Plan()
    for number, cells in enumerate(imported.rows, start=2):
        if any(cells):
            plan.rows.append(
                parse_row(cells, header=imported.header, mapping=imported.mapping, number=number)
            )
        else:
            plan.blank += 1
    good = plan.good
    names = Counter(fold(row.name) for row in good)
    plan.repeated = sum(count - 1 for count in names.values())
    plan.known = _known(imported.business, good)
    return plan


def _known(business: Business, rows: list[ParsedRow]) -> list[KnownRow]:
    names: dict[str, tuple[str, str]] = {}
    emails: dict[str, tuple[str, str]] = {}
    contacts = business.contacts.active().values_list("pk", "name", "email", "other_emails")
    for pk, name, email, others in contacts.iterator():
        names[fold(name)] = (str(pk), name)
        emails |= {text.casefold(): (str(pk), name) for text in (email, *others) if text}
    found = []
    for row in rows:
        if there := names.get(fold(row.name)):
            found.append(KnownRow(row, *there, "the same name"))
        elif there := _by_email(row, emails):
            found.append(KnownRow(row, *there, "the same e-mail"))
    return found


def _by_email(row: ParsedRow, emails: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    texts = (row.values.get("email", ""), *row.values.get("other_emails", ()))
    return next((emails[text.casefold()] for text in texts if text.casefold() in emails), None)
