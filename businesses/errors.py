"""What the rules about people refuse, in words for the page."""


class PeopleError(Exception):
    """A change to the people of a business that its rules do not allow."""


class LastOwner(PeopleError):
    def __init__(self) -> None:
        super().__init__(
            "A business always keeps one owner. Make somebody else an owner first, then try again."
        )


class AlreadyMember(PeopleError):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} belongs to this business already. Change the role in the list.")


class MailNotSent(PeopleError):
    def __init__(self, email: str) -> None:
        super().__init__(
            f"The mail to {email} could not be sent. Nothing else is lost: "
            "use “Send the mail again” in a few minutes."
        )
