"""Filling an organisation from a file: lawful, said, and findable by the file's own ids."""

import csv
import os
from pathlib import Path

import pytest
from stdnum.au import abn

from simulators.xero.tests.caller import Simulator

COLUMNS = [
    *("id", "name", "first_name", "last_name", "email", "phone", "mobile"),
    *("address_line1", "address_line2", "city", "region", "postal_code", "country"),
    *("tax_number", "account_number"),
]
ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "simulators" / "xero" / "demo" / "contacts.csv"
APP_DEMO = ROOT / "pooltrackr" / "demo" / "contacts.csv"


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, COLUMNS)
        writer.writeheader()
        writer.writerows({"id": f"R{number}", **row} for number, row in enumerate(rows, 1))
    return path


def seed(xero: Simulator, path: Path) -> dict:
    answer = xero.control("reset", seed="empty", contacts=str(path))
    assert answer.status_code == 200, answer.text
    return xero.organisation()


def test_all_fields_of_a_row_arrive(xero: Simulator, tmp_path: Path) -> None:
    row = {
        "name": "Dana Brook",
        "first_name": "Dana",
        "last_name": "Brook",
        "email": "dana@example.com",
        "phone": "(07) 5550 1234",
        "mobile": "0491 570 156",
        "address_line1": "1 Quay St",
        "city": "Robina",
        "region": "QLD",
        "postal_code": "4226",
        "country": "Australia",
        "tax_number": "19749362733",
        "account_number": "A-1",
    }
    organisation = seed(xero, write(tmp_path / "c.csv", row))
    contact = organisation["contacts"][0]
    assert organisation["sourceIds"] == {"R1": contact["ContactID"]}
    assert organisation["mended"] == []
    assert (contact["TaxNumber"], contact["AccountNumber"]) == ("19749362733", "A-1")
    phones = {one["PhoneType"]: one for one in contact["Phones"]}
    assert (phones["DEFAULT"]["PhoneAreaCode"], phones["DEFAULT"]["PhoneNumber"]) == (
        "07",
        "5550 1234",
    )
    assert phones["MOBILE"]["PhoneNumber"] == "0491 570 156"
    street = next(one for one in contact["Addresses"] if one["AddressType"] == "STREET")
    assert (street["AddressLine1"], street["PostalCode"]) == ("1 Quay St", "4226")


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"name": "DANA BROOK"}, "DANA BROOK (2)"),
        ({"name": "Ann  Lee "}, "Ann Lee"),
        ({"name": "A <b> C"}, "A (b) C"),
        ({"name": "x" * 300}, "x" * 245),
        ({"first_name": "Ann", "last_name": "Lee"}, "Ann Lee"),
        ({"email": "ann@example.com"}, "ann@example.com"),
        ({"address_line1": "4 Quay St"}, "4 Quay St"),
        ({}, "Contact R2"),
    ],
)
def test_a_name_xero_would_refuse_is_made_lawful_and_said(
    xero: Simulator, tmp_path: Path, row: dict[str, str], name: str
) -> None:
    organisation = seed(xero, write(tmp_path / "c.csv", {"name": "Dana Brook"}, row))
    assert organisation["contacts"][1]["Name"] == name
    mend = organisation["mended"][0]
    assert (mend["sourceId"], mend["member"], mend["became"]) == ("R2", "name", name)
    assert mend["given"] == row.get("name", "")


def test_other_values_xero_would_refuse_are_left_out_and_said(
    xero: Simulator, tmp_path: Path
) -> None:
    organisation = seed(
        xero,
        write(
            tmp_path / "c.csv",
            {"name": "A", "account_number": "7"},
            {"name": "B", "account_number": "7", "email": "no at all", "country": "4220"},
        ),
    )
    second = organisation["contacts"][1]
    assert second["EmailAddress"] == ""
    assert "AccountNumber" not in second
    assert {one["member"] for one in organisation["mended"]} == {
        "account_number",
        "email",
        "country",
    }


def test_a_file_that_is_not_there_is_told(xero: Simulator) -> None:
    assert xero.control("reset", contacts="/nowhere/contacts.csv").status_code == 400
    assert xero.state("clock")


def test_invoices_can_be_added_at_random_and_the_same_each_time(xero: Simulator) -> None:
    def totals() -> list[float]:
        xero.reset(seed="demo", invoices=25)
        return [one["Total"] for one in xero.organisation("invoices")["invoices"]]

    first = totals()
    assert len(first) == 25
    assert totals() == first
    xero.reset(seed="empty", invoices=0)


@pytest.mark.parametrize("path", [DEMO, APP_DEMO])
def test_the_demo_lists_are_clean_of_real_people(path: Path) -> None:
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert list(rows[0]) == COLUMNS
    for row in rows:
        domain = row["email"].lower().rpartition("@")[2]
        assert not domain or domain.endswith((".example", "example.com", "example.com.au"))
        digits = "".join(filter(str.isdigit, row["phone"]))
        assert not digits or digits[-8:-4] in {"5550", "7010"}
        mobile = "".join(filter(str.isdigit, row["mobile"]))
        assert not mobile or mobile[-9:].startswith("49157")
        assert not row["tax_number"] or abn.is_valid(row["tax_number"])


def test_the_demo_lists_overlap_as_their_truth_says() -> None:
    left = {row["id"] for row in csv.DictReader(APP_DEMO.open(encoding="utf-8"))}
    right = {row["id"] for row in csv.DictReader(DEMO.open(encoding="utf-8"))}
    truth = list(csv.DictReader(DEMO.with_name("truth.csv").open(encoding="utf-8")))
    assert len(truth) > 200
    assert {row["left_id"] for row in truth} < left
    assert {row["right_id"] for row in truth} < right


@pytest.mark.skipif("POOLTRACKR_SHARED" not in os.environ, reason="no folder of shared data")
@pytest.mark.parametrize(("name", "rows"), [("ausbiz_link", 2800), ("febrl4", 5000)])
def test_a_real_sized_list_goes_in_whole(xero: Simulator, name: str, rows: int) -> None:
    path = Path(os.environ["POOLTRACKR_SHARED"]) / "matching" / "data" / name / "right.csv"
    answer = xero.control("reset", seed="empty", contacts=str(path))
    assert answer.status_code == 200, answer.text
    organisation = xero.organisation("sourceIds")
    assert organisation["counts"]["contacts"] == rows
    assert len(organisation["sourceIds"]) == rows
    xero.reset()
