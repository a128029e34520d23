"""Writing a list of elements: each by itself, or all or none, as summarizeErrors says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulators.xero.accounting.call import Call
from simulators.xero.accounting.problems import Problems
from simulators.xero.answers import Answer, envelope, validation_exception
from simulators.xero.wire import Json

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Kind(Generic[RowT]):
    """How one resource is named in the API, written and shown."""

    collection: str
    id_member: str
    error_flag: str
    write: Callable[[Call, Json, Problems], RowT | None]
    render: Callable[[Call, RowT], Json]


@dataclass
class Outcome:
    answer: Json
    refused: bool


def write_elements(call: Call, kind: Kind[RowT], elements: list[Json]) -> Answer:
    """Write every element; a refused one leaves nothing behind."""
    undo = call.organisation.undo
    undo.begin()
    try:
        outcomes = [write_one(call, kind, element) for element in elements]
        refused = [outcome.answer for outcome in outcomes if outcome.refused]
        if refused and call.flag("summarizeErrors", default=True):
            # Whether Xero keeps the good ones behind the 400 is not documented: a switch.
            if not call.switches.summarised_errors_keep_good:
                undo.roll_back(0)
            return validation_exception(refused)
    finally:
        undo.end()
    answers = [outcome.answer for outcome in outcomes]
    if call.switches.reverse_answers:
        answers.reverse()
    return envelope(kind.collection, answers, call.now)


def write_one(call: Call, kind: Kind[RowT], sent: Json) -> Outcome:
    undo = call.organisation.undo
    # An invoice may create its contact before it is refused; then the contact goes as well.
    mark = undo.mark()
    problems = Problems()
    row = kind.write(call, sent, problems)
    if problems or row is None:
        undo.roll_back(mark)
        echo = problems.echo(sent, id_member=kind.id_member, flag=kind.error_flag)
        return Outcome(echo, refused=True)
    answer = kind.render(call, row)
    if not call.flag("summarizeErrors", default=True):
        answer["StatusAttributeString"] = "WARNING" if problems.warnings else "OK"
    if problems.warnings:
        answer["Warnings"] = [{"Message": message} for message in problems.warnings]
    return Outcome(answer, refused=False)
