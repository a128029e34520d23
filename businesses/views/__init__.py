"""Pages of a business itself: choosing it, its dashboard, settings, people and help."""
