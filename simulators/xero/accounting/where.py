"""The `where` parameter: a small language of comparisons, read and then asked of each row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from simulators.xero.accounting.contact_model import folded

RowT = TypeVar("RowT")
Value = str | Decimal | bool | datetime | date | None
Test = Callable[[Any], bool]
Fields = Mapping[str, Callable[[Any], Value]]

TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"[^"]*") | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<operator>==|!=|<=|>=|&&|\|\||=|<|>|\(|\)|,) | (?P<word>\.?[A-Za-z_][A-Za-z_0-9.]*)
    )""",
    re.VERBOSE,
)
COMPARISONS = {"=": "==", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
METHODS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}


class QueryParseError(Exception):
    """The filter or the order cannot be read; the text says why."""


@dataclass(frozen=True)
class Filter:
    """A filter that was read: a test for rows, and the equalities every match must satisfy."""

    matches: Test
    # Only equalities joined by AND: a row that lacks one cannot match, so an index may choose.
    equalities: Mapping[str, str]
    # Every field it names.
    fields: frozenset[str]


def parse_where(expression: str, fields: Fields) -> Filter:
    parser = Parser(expression, fields)
    test = parser.alternatives()
    if parser.peek() is not None:
        raise QueryParseError(f"Unexpected {parser.peek()} in the where clause")
    return Filter(test, {} if parser.has_or else parser.equalities, frozenset(parser.named))


def tokens_of(expression: str) -> list[str]:
    tokens, place = [], 0
    text = expression.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise QueryParseError(f"Syntax error at position {place} of the where clause")
        tokens.append(match[0].strip())
        place = match.end()
    return tokens


class Parser:
    """Recursive descent over `a == b AND (c > d OR e.Contains("f"))`."""

    def __init__(self, expression: str, fields: Fields) -> None:
        self.tokens = tokens_of(expression)
        self.place = 0
        self.fields = {name.lower(): (name, read) for name, read in fields.items()}
        self.equalities: dict[str, str] = {}
        self.has_or = False
        self.named: set[str] = set()

    def peek(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise QueryParseError(f"Expected {expected or 'more'} in the where clause")
        self.place += 1
        return token

    def skip_word(self, *words: str) -> bool:
        token = self.peek()
        if token is None or token.lower() not in words:
            return False
        self.place += 1
        return True

    def alternatives(self) -> Test:
        tests = [self.conjunction()]
        while self.skip_word("or", "||"):
            self.has_or = True
            tests.append(self.conjunction())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def conjunction(self) -> Test:
        tests = [self.term()]
        while self.skip_word("and", "&&"):
            tests.append(self.term())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def term(self) -> Test:
        if self.peek() == "(":
            self.take("(")
            inner = self.alternatives()
            self.take(")")
            return inner
        return self.comparison()

    def comparison(self) -> Test:
        path, methods = self.split_path(self.take())
        name, read = self.field(path)
        for method in methods:
            if method in METHODS:
                return self.method_test(read, method)
            if method not in {"tolower", "toupper", "tostring"}:
                raise QueryParseError(f"No method '{method}' exists")
            self.take("(")
            self.take(")")
        trailing = self.trailing_method()
        if trailing:
            return self.method_test(read, trailing)
        operator = self.peek()
        if operator not in COMPARISONS:
            # A bare boolean, as in `IsCustomer`.
            return lambda row: read(row) is True
        self.take()
        return self.compare(name, read, COMPARISONS[operator], self.literal())

    def split_path(self, token: str) -> tuple[str, list[str]]:
        """Cut `Name.ToLower` into the field and its methods; fields themselves have dots."""
        parts = token.split(".")
        methods: list[str] = []
        known = {*METHODS, "tolower", "toupper", "tostring"}
        while len(parts) > 1 and parts[-1].lower() in known:
            methods.insert(0, parts.pop().lower())
        return ".".join(parts), methods

    def trailing_method(self) -> str | None:
        """Take `.Contains` after a call such as ToLower(), where it is a token of its own."""
        token = self.peek()
        if token is None or token.lstrip(".").lower() not in METHODS:
            return None
        return self.take().lstrip(".").lower()

    def field(self, path: str) -> tuple[str, Callable[[Any], Value]]:
        try:
            name, read = self.fields[path.lower()]
        except KeyError:
            raise QueryParseError(f"No property or field '{path}' exists") from None
        self.named.add(name)
        return name, read

    def method_test(self, read: Callable[[Any], Value], method: str) -> Test:
        self.take("(")
        part = self.literal()
        self.take(")")
        if not isinstance(part, str):
            raise QueryParseError(f"{method} takes a string")
        ask, wanted = METHODS[method], folded(part)
        return lambda row: ask(folded(str(read(row) or "")), wanted)

    def literal(self) -> Value:
        token = self.take()
        if token.startswith('"'):
            return token[1:-1]
        if token[0].isdigit() or token[0] == "-":
            return Decimal(token)
        word = token.lower()
        if word in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[word]
        if word == "guid":
            return str(self.arguments()[0]).lower()
        if word == "datetime":
            return self.moment()
        raise QueryParseError(f"Unknown value {token}")

    def arguments(self) -> list[Value]:
        self.take("(")
        values = [self.literal()]
        while self.peek() == ",":
            self.take(",")
            values.append(self.literal())
        self.take(")")
        return values

    def moment(self) -> datetime:
        try:
            parts = [int(str(value)) for value in self.arguments()]
            return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]
        except (TypeError, ValueError) as error:
            raise QueryParseError(f"DateTime is not valid: {error}") from error

    def compare(
        self, name: str, read: Callable[[Any], Value], operator: str, wanted: Value
    ) -> Test:
        target = comparable(wanted)
        if operator == "==":
            if isinstance(target, str):
                self.equalities[name] = target
            return lambda row: comparable(read(row)) == target
        if operator == "!=":
            return lambda row: comparable(read(row)) != target
        return lambda row: ordered(comparable(read(row)), operator, target)


def comparable(value: Value) -> Value:
    """Bring a value to the form in which Xero compares: text without case and accents."""
    if isinstance(value, str):
        return folded(value) or None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def ordered(value: Any, operator: str, target: Any) -> bool:
    if value is None or target is None:
        return False
    try:
        if operator in {"<", "<="}:
            return bool(value < target or (operator == "<=" and value == target))
        return bool(value > target or (operator == ">=" and value == target))
    except TypeError as error:
        raise QueryParseError("The two sides of a comparison are of different types") from error
