from xero_integration.models.connection import Connection, ConnectionStatus, XeroToken
from xero_integration.models.link import Kind, Link, LinkStatus
from xero_integration.models.log import Direction, Outcome, SyncEntry
from xero_integration.models.mapping import CategoryAccount, ProductAccount, TaxMapping
from xero_integration.models.mirror import XeroAccount, XeroContact, XeroTaxRate
from xero_integration.models.outbox import (
    Batch,
    BatchMember,
    BatchStatus,
    ErrorClass,
    Lane,
    OutboxRow,
    OutboxStatus,
)
from xero_integration.models.wizard import (
    Certainty,
    Job,
    JobKind,
    JobStatus,
    Keep,
    LinkAction,
    LinkChoice,
    Step,
    WizardRun,
)

__all__ = [
    "Batch",
    "BatchMember",
    "BatchStatus",
    "CategoryAccount",
    "Certainty",
    "Connection",
    "ConnectionStatus",
    "Direction",
    "ErrorClass",
    "Job",
    "JobKind",
    "JobStatus",
    "Keep",
    "Kind",
    "Lane",
    "Link",
    "LinkAction",
    "LinkChoice",
    "LinkStatus",
    "OutboxRow",
    "OutboxStatus",
    "Outcome",
    "ProductAccount",
    "Step",
    "SyncEntry",
    "TaxMapping",
    "WizardRun",
    "XeroAccount",
    "XeroContact",
    "XeroTaxRate",
    "XeroToken",
]
