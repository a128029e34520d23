"""Sending many records once more: what that would do, shown first, and then done."""
