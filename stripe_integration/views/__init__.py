"""Views of card payments: one file for each page or group of pages."""
