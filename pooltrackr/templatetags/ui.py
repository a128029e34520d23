"""Template tags that every page shares; built in, so no {% load %}."""

from django import template

register = template.Library()
