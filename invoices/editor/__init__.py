"""The invoice editor: what was typed so far, what a button does to it, and what it adds up to.

The state is the posted form and nothing else: every button sends all of it, so that the page
works without JavaScript and nothing typed is ever lost. `line` lists the keys of the lines in
their order.
"""

from invoices.editor.editor import Editor
from invoices.editor.state import State

__all__ = ["Editor", "State"]
