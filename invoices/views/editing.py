"""Pages that only make sense to somebody who may change things."""

from django.core.exceptions import PermissionDenied

from businesses.access import BusinessRequest


def only_for_editing(request: BusinessRequest) -> None:
    """Refuse the page itself to a read-only member: writing all of it in vain helps nobody."""
    if not request.membership.may_edit:
        raise PermissionDenied
