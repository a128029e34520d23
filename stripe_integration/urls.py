"""The addresses of card payments."""

from django.urls import URLPattern, URLResolver, include, path

from stripe_integration.views import cards, charges, fees, home, pay, payouts, switches, webhook

app_name = "stripe"

pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("connect/", home.connect_start, name="connect_start"),
    path("key/", home.connect_key, name="connect_key"),
    path("check/", home.check, name="check"),
    path("disconnect/", home.disconnect, name="disconnect"),
    path("fees/", fees.card_fees, name="fees"),
    path("payouts/", payouts.payouts, name="payouts"),
    path("payouts/<int:pk>/", payouts.payout, name="payout"),
    path("paying/", switches.business_paying, name="business_paying"),
    path("invoices/<uuid:pk>/", switches.invoice_paying, name="invoice_paying"),
    path("charges/<int:pk>/apply/", charges.apply, name="charge_apply"),
    path("invoices/<uuid:pk>/charge/<int:card_pk>/", cards.charge, name="charge_card"),
    path("cards/<int:pk>/forget/", cards.forget, name="forget_card"),
    path("contacts/<uuid:pk>/", switches.contact_paying, name="contact_paying"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # Addresses that Stripe calls: they carry no business, the signed state or the event does.
    path("stripe/callback/", home.callback, name="callback"),
    path("stripe/webhook/", webhook.webhook, name="webhook"),
    # Opened by customers, who have no log-in: the signed token is all they need.
    path("pay/<str:token>/", pay.pay, name="pay"),
    path("b/<slug:slug>/stripe/", include(pages)),
]
