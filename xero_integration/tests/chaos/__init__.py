"""Real workers killed without warning: at random moments, and at every point by name."""
