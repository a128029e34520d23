"""Stripe's error objects. Source: docs.stripe.com/api/errors and /error-codes."""

from simulators.common.answers import Answer, json_answer
from simulators.common.wire import Json

DOC_URL = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer that is an error object; `more` are further members of it."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.type = message, status, type
        self.code, self.param, self.more = code, param, more or {}

    @property
    def body(self) -> Json:
        error: Json = {"message": self.message, "type": self.type, **self.more}
        if self.code:
            error.update(code=self.code, doc_url=DOC_URL + self.code.replace("_", "-"))
        if self.param:
            error["param"] = self.param
        return error

    def answer(self) -> Answer:
        return json_answer({"error": self.body}, status=self.status)


def missing(kind: str, id: str, param: str = "id", *, status: int = 404) -> StripeError:
    # As Stripe names them: one in one word and capitals, those with a space without a line.
    words = {"payment_method": "PaymentMethod", "balance_transaction": "balance transaction"}
    message = f"No such {words.get(kind, kind)}: '{id}'"
    return StripeError(message, status=status, code="resource_missing", param=param)


def unknown_path(method: str, path: str) -> StripeError:
    return StripeError(f"Unrecognized request URL ({method}: {path}).", status=404)
