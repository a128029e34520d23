"""Merging duplicates into one contact or pool, and undoing it.

A merge moves what hangs on the duplicate to the primary (each follower of contacts.registry moves
its own rows), sets the values that were chosen, and archives the duplicate with `merged_into`.
Nothing is deleted, and `undo` puts everything back as it was.
"""

from contacts.merging.merge import NotMergeable, merge
from contacts.merging.undo import ChangedSince, StillMerged, sent_since, undo, undo_all

__all__ = ["ChangedSince", "NotMergeable", "StillMerged", "merge", "sent_since", "undo", "undo_all"]
