"""What contacts/ tells whoever listens, beside Django's own signals of a save.

A bulk import posts no post_save; integrations receive `contacts_imported` instead. It is sent
inside the import's transaction, so a receiver may write rows that stand or fall with it, and must
do no I/O.
"""

from django.dispatch import Signal

# Sent with `business` (Business) and `ids` (list of UUID, the contacts made).
contacts_imported = Signal()
