"""E-mail addresses: one spelling per mailbox, and whether the domain tells the owner."""

from typing import NamedTuple

from contacts.matching.text import fold
from contacts.matching.word_lists import word_set

# Mail providers with many customers: sharing one of these domains says nothing. Lists catch the
# local ones too, by frequency; these are for short lists.
PUBLIC_DOMAINS = word_set(
    """gmail.com googlemail.com hotmail.com hotmail.com.au outlook.com outlook.com.au live.com
    live.com.au msn.com yahoo.com yahoo.com.au ymail.com icloud.com me.com mac.com aol.com
    proton.me protonmail.com bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au
    westnet.com.au internode.on.net dodo.com.au xtra.co.nz gmx.com gmx.de web.de t-online.de
    btinternet.com orange.fr free.fr"""
)


class Email(NamedTuple):
    """A mailbox; `domain` is blank when it says nothing about the owner."""

    address: str
    local: str
    domain: str


def read_email(value: str) -> Email | None:
    """Return the mailbox, or None where there is no local part and domain; a `+tag` is dropped."""
    address = fold(value.strip()).strip("<> ").removeprefix("mailto:")
    local, at, domain = address.rpartition("@")
    local = local.partition("+")[0]
    if not at or not local or not domain:
        return None
    return Email(f"{local}@{domain}", local, "" if domain in PUBLIC_DOMAINS else domain)
