"""A local server that behaves like Xero: identity, accounting API and the pages a person sees.

It owns its state in memory, in one process and one event loop, so nothing needs a lock: a request
is read, then handled without giving way. It never talks to anybody; what it received can be read
under /_control/state. docs/simulators.md says what is faithful and what is a guess.
"""
