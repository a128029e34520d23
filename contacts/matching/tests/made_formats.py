"""Postcodes and phone numbers as five countries write them, for made lists."""

import random
import string

EIRCODE = "ACDEFHKNPRTVWXY0123456789"


def postcode(r: random.Random, country: str) -> str:
    """Invent a postcode; in Ireland every house has its own."""
    if country == "GB":
        outward = f"{r.choice('ABELMNSW')}{r.randint(1, 29)}"
        return f"{outward} {r.randint(1, 9)}{r.choice('ABDEH')}{r.choice('JLNQ')}"
    if country == "IE":
        return f"{r.choice('ADTV')}{r.randint(10, 99)} {''.join(r.choices(EIRCODE, k=4))}"
    if country == "NZ":
        return f"{r.randint(110, 9893):04}"
    return str(r.randint(10000, 99999) if country == "US" else r.randint(2000, 7999))


def landline(r: random.Random, country: str) -> str:
    """Invent the number of a fixed line."""
    if country == "US":
        return f"({r.randint(201, 989)}) {r.randint(200, 999)}-{r.randint(0, 9999):04}"
    if country == "GB":
        return f"01{r.randint(100, 999)} {r.randint(100000, 999999)}"
    if country in ("IE", "NZ"):
        area = r.choice(("1", "21", "61", "91") if country == "IE" else "34679")
        return f"0{area} {r.randint(200, 999)} {r.randint(0, 9999):04}"
    return f"0{r.choice('2378')} {r.randint(3000, 9999)} {r.randint(0, 9999):04}"


def mobile(r: random.Random, country: str) -> str:
    """Invent the number of a mobile."""
    if country == "US":
        return landline(r, country)
    start, digits = {"GB": ("07", 9), "NZ": ("021", 7), "IE": ("087", 7)}.get(country, ("04", 8))
    return start + "".join(r.choices(string.digits, k=digits))
