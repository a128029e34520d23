"""The addresses of card payments."""

from django.urls import URLPattern, URLResolver, include, path

from stripe_integration.views import home

app_name = "stripe"

pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("connect/", home.connect_start, name="connect_start"),
    path("key/", home.connect_key, name="connect_key"),
    path("check/", home.check, name="check"),
    path("disconnect/", home.disconnect, name="disconnect"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # Addresses that Stripe calls: they carry no business, the signed state or the event does.
    path("stripe/callback/", home.callback, name="callback"),
    path("b/<slug:slug>/stripe/", include(pages)),
]
