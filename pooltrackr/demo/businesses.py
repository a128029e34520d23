"""The demo's two businesses and their people. Names, numbers and addresses are invented."""

from functools import cache

from django.contrib.auth.hashers import make_password

from businesses.models import Business, Membership, Role, User

BLUE_LAGOON = "blue-lagoon"
SUNDOWNER = "sundowner"
# Printed by `make demo`; the demo listens on this machine only.
PASSWORD = "blue-lagoon-demo"  # noqa: S105
OWNER_EMAIL = "owner@bluelagoon.example"
ADMINISTRATOR_EMAIL = "admin@pooltrackr.example"

BLUE_LAGOON_PEOPLE = (
    (OWNER_EMAIL, "Dana", "Whitlock", Role.OWNER),
    ("office@bluelagoon.example", "Jess", "Arden", Role.OFFICE),
    ("reader@bluelagoon.example", "Robin", "Marsh", Role.READ_ONLY),
)


@cache
def hashed_password() -> str:
    """The password's hash, made once: making one takes a third of a second by design."""
    return make_password(PASSWORD)


def make_administrator() -> User:
    return User.objects.create(
        email=ADMINISTRATOR_EMAIL,
        password=hashed_password(),
        first_name="Platform",
        is_staff=True,
        is_superuser=True,
    )


def make_blue_lagoon() -> Business:
    business = Business.objects.create(
        slug=BLUE_LAGOON,
        name="Blue Lagoon Pool Care",
        # The tax office's own example number: its check digits are right.
        abn="51 824 753 556",
        email="office@bluelagoon.example",
        phone="07 5550 0100",
        address="12 Lagoon Street\nBurleigh Heads QLD 4220",
        payment_details="Blue Lagoon Pool Care\nBSB 000-000, account 12 345 678",
    )
    for email, first_name, last_name, role in BLUE_LAGOON_PEOPLE:
        add_person(business, email=email, names=(first_name, last_name), role=role)
    return business


def make_sundowner() -> Business:
    business = Business.objects.create(
        slug=SUNDOWNER,
        name="Sundowner Pools",
        email="hello@sundowner.example",
        phone="02 5550 0200",
        time_zone="Australia/Sydney",
    )
    add_person(business, email="owner@sundowner.example", names=("Kim", "Farrow"), role=Role.OWNER)
    return business


def add_person(business: Business, *, email: str, names: tuple[str, str], role: Role) -> None:
    first_name, last_name = names
    user = User.objects.create(
        email=email, password=hashed_password(), first_name=first_name, last_name=last_name
    )
    Membership.objects.create(business=business, user=user, role=role)
