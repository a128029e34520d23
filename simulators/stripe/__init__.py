"""A local server that behaves like Stripe: API, Connect, hosted payment pages and webhooks.

It owns its state in memory, in one process and one event loop, so nothing needs a lock: a request
is read, then handled without giving way. What it holds can be read under /_control/state.
docs/simulators.md says what is faithful and what is a guess.
"""
