"""Reading what a caller sent, and refusing it in Stripe's words."""

from collections.abc import Collection
from typing import Any

from simulators.common.wire import Json
from simulators.stripe.errors import StripeError

# docs.stripe.com/api/metadata
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500
# The largest number in a form that Stripe takes for an amount.
MOST = 99_999_999


class Params:
    """The members of one table of a form; `path` names it within the request."""

    def __init__(self, values: Json, path: str = "") -> None:
        self.values, self.path = values, path

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def named(self, name: str) -> str:
        return f"{self.path}[{name}]" if self.path else name

    def allow(self, *names: str) -> None:
        for name in self.values:
            if name not in names:
                full = self.named(name)
                message = f"Received unknown parameter: {full}"
                raise StripeError(message, code="parameter_unknown", param=full)

    def refuse(self, name: str, message: str, code: str = "") -> StripeError:
        return StripeError(message, param=self.named(name), code=code)

    def _value(self, name: str, kind: type | tuple[type, ...], words: str) -> Any:
        value = self.values.get(name)
        if value is not None and not isinstance(value, kind):
            raise self.refuse(name, f"Invalid {words}")
        return value

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a text; an empty one takes a value away and is None."""
        value = self._value(name, str, "string")
        return default if value is None else (value or None)

    def required(self, name: str) -> str:
        value = self._value(name, str, "string")
        if value is None:
            full = self.named(name)
            message = f"Missing required param: {full}."
            raise StripeError(message, code="parameter_missing", param=full)
        if not value:
            message = f"You passed an empty string for '{self.named(name)}'."
            raise self.refuse(name, message, "parameter_invalid_empty")
        return str(value)

    def url(self, name: str) -> str | None:
        """Return an address of the web, or None where none is given."""
        value = self.text(name)
        if value is not None and not value.startswith(("http://", "https://")):
            raise self.refuse(name, "Not a valid URL", "url_invalid")
        return value

    def required_url(self, name: str) -> str:
        self.required(name)
        return self.url(name) or ""

    def number(self, name: str, default: int | None = None) -> int | None:
        text = self._value(name, str, "integer")
        if text is None or text == "":
            return default
        if not text.removeprefix("-").isdecimal():
            raise self.refuse(name, f"Invalid integer: {text}", "parameter_invalid_integer")
        return int(text)

    def amount(self, name: str = "amount") -> int:
        """Return a required amount in the smallest unit."""
        self.required(name)
        value = self.number(name) or 0
        if value < 1:
            message = "This value must be greater than or equal to 1."
            raise self.refuse(name, message, "parameter_invalid_integer")
        if value > MOST:
            raise self.refuse(name, "Amount must be no more than $999,999.99", "amount_too_large")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        text = self._value(name, str, "boolean")
        if text is None:
            return default
        if text not in {"true", "false"}:
            raise self.refuse(name, f"Invalid boolean: {text}")
        return bool(text == "true")

    def choice(self, name: str, known: Collection[str], default: str | None = None) -> str | None:
        text = self.text(name, default)
        if text is not None and text != default and text not in known:
            listed = ", ".join(sorted(known))
            raise self.refuse(name, f"Invalid {self.named(name)}: must be one of {listed}")
        return text

    def table(self, name: str) -> "Params":
        value = self._value(name, (dict, str, list), "object")
        if isinstance(value, list):
            value = {str(number): one for number, one in enumerate(value)}
        return Params(value if isinstance(value, dict) else {}, self.named(name))

    def rows(self, name: str) -> list["Params"]:
        value = self._value(name, (list, str), "array")
        if isinstance(value, str) or value is None:
            return []
        return [Params(one, f"{self.named(name)}[{number}]") for number, one in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        value = self._value(name, (list, str), "array")
        return [str(one) for one in value] if isinstance(value, list) else []

    def metadata(self, old: Json | None = None) -> Json:
        """Return metadata with what was sent laid over `old`; an empty value takes one away."""
        merged = dict(old or {})
        if self.values.get("metadata") == "":
            return {}
        for key, value in self.table("metadata").values.items():
            if len(key) > LONGEST_KEY or len(str(value)) > LONGEST_VALUE:
                message = f"Metadata keys can be up to {LONGEST_KEY} characters long, values up"
                raise self.refuse("metadata", f"{message} to {LONGEST_VALUE}.")
            merged[key] = str(value)
        kept = {key: value for key, value in merged.items() if value}
        if len(kept) > MOST_KEYS:
            raise self.refuse("metadata", f"Metadata can have up to {MOST_KEYS} keys.")
        return kept
