"""Contacts and pools: the people a business serves and the water it looks after."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        # All of these need the models to be loaded.
        from businesses.registry import register_figures, register_panel
        from contacts import dashboard
        from contacts.merging import followers
        from contacts.registry import register_follower, register_pool_follower

        register_follower(followers.PoolLinksFollow(end="contact"))
        register_follower(followers.TagFollower())
        register_follower(followers.NotDuplicatesFollower())
        register_pool_follower(followers.PoolLinksFollow(end="pool"))
        register_pool_follower(followers.NotDuplicatesFollower())
        register_figures("contacts", dashboard.figures, order=60)
        register_panel(dashboard.panel)
