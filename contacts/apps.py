"""Contacts and pools: the people a business serves and the water it looks after."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        # Both need the models to be loaded.
        from contacts.merging import followers
        from contacts.registry import register_follower

        register_follower(followers.PoolFollower())
        register_follower(followers.TagFollower())
        register_follower(followers.NotDuplicatesFollower())
