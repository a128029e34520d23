"""Receivers of saves: they enqueue, and do no I/O."""
