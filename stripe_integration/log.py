"""Lines for operators: ids, kinds, statuses and milliseconds; never a key, a name or a card."""

import logging


def event(logger: logging.Logger, name: str, /, **facts: object) -> None:
    """Write one line of `key=value` facts."""
    logger.info("%s %s", name, " ".join(f"{key}={value}" for key, value in facts.items()))
