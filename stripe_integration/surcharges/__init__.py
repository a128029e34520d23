"""What who pays by card may be asked to pay on top: the law, Stripe's prices, amounts. Pure."""
