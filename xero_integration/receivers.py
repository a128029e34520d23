"""Receivers of saves and bulk changes: they write outbox rows, and do no I/O.

They run in the transaction of the save, so a row stands or falls with it; whatever goes wrong in
Xero or with the broker never reaches the person who saves.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from businesses.models import Business
from contacts.models import Contact
from contacts.signals import contacts_imported
from invoices.models import CreditNote, Invoice, InvoiceLine, MoneyMovement, Payment
from invoices.signals import invoices_changed
from xero_integration import changes
from xero_integration.models import Lane


@receiver(post_save, sender=Contact, dispatch_uid="xero-contact")
def contact_saved(instance: Contact, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        changes.contact_changed(instance)


@receiver(contacts_imported, dispatch_uid="xero-contacts")
def contacts_came(business: Business, ids: Collection[UUID], **kwargs: Any) -> None:
    changes.contacts_changed(business, ids)


@receiver(post_save, sender=Invoice, dispatch_uid="xero-invoice")
def invoice_saved(instance: Invoice, raw: bool = False, **kwargs: Any) -> None:
    if not raw and not instance.is_draft:
        changes.invoices_changed(instance.business, [instance.pk], lane=Lane.INTERACTIVE)


@receiver(post_save, sender=InvoiceLine, dispatch_uid="xero-line")
@receiver(post_delete, sender=InvoiceLine, dispatch_uid="xero-line-gone")
def line_changed(instance: InvoiceLine, raw: bool = False, **kwargs: Any) -> None:
    if not raw and not instance.invoice.is_draft:
        changes.invoices_changed(
            instance.invoice.business, [instance.invoice_id], lane=Lane.INTERACTIVE
        )


@receiver(post_save, sender=Payment, dispatch_uid="xero-payment")
def payment_saved(instance: Payment, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        changes.payments_changed(instance.business, [instance.pk], lane=Lane.INTERACTIVE)


@receiver(post_save, sender=CreditNote, dispatch_uid="xero-credit-note")
def credit_note_saved(instance: CreditNote, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        changes.credit_notes_changed(instance.business, [instance.pk], lane=Lane.INTERACTIVE)


@receiver(post_save, sender=MoneyMovement, dispatch_uid="xero-movement")
def movement_saved(instance: MoneyMovement, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        changes.movements_changed(instance.business, [instance.pk], lane=Lane.INTERACTIVE)


@receiver(invoices_changed, dispatch_uid="xero-invoices")
def invoices_came(business: Business, ids: Collection[UUID], **kwargs: Any) -> None:
    changes.invoices_changed(business, ids, lane=Lane.BULK if len(ids) > 1 else Lane.INTERACTIVE)
