"""The addresses of the Xero integration."""

from django.urls import URLPattern, URLResolver, include, path

from xero_integration.views import (
    accounts,
    connect,
    contact_settings,
    create,
    dedupe,
    home,
    inbox,
    link,
    link_row,
    log,
    questions,
    reconciliation,
    sync,
    unlink,
    webhook,
)

app_name = "xero"

wizard: list[URLPattern | URLResolver] = [
    path("", home.wizard, name="wizard"),
    path("clean-up/", dedupe.dedupe, name="dedupe"),
    path("clean-up/skip/", dedupe.dedupe_skip, name="dedupe_skip"),
    path("connect/", connect.connect_page, name="connect"),
    path("connect/start/", connect.connect_start, name="connect_start"),
    path("connect/read/", connect.read_again, name="read_again"),
    path("connect/next/", connect.connect_next, name="connect_next"),
    path("connect/choose/<int:pk>/", connect.choose_organisation, name="choose_organisation"),
    path("link/", link.link, name="link"),
    path("link/keep/", link.link_keep, name="link_keep"),
    path("link/all/", link.link_bulk, name="link_bulk"),
    path("link/compare/", link.link_compare, name="link_compare"),
    path("link/next/", link.link_next, name="link_next"),
    path("link/contact/<uuid:contact>/", link_row.link_contact, name="link_contact"),
    path("link/<int:pk>/", link_row.link_row, name="link_row"),
    path("link/<int:pk>/edit/", link_row.link_edit, name="link_edit"),
    path("link/<int:pk>/choose/", link_row.link_choose, name="link_choose"),
    path("create/", create.create, name="create"),
    path("create/rows/", create.create_rows, name="create_rows"),
    path("create/all/", create.create_bulk, name="create_bulk"),
    path("create/next/", create.create_next, name="create_next"),
    path("sync/", sync.sync, name="sync"),
    path("sync/changes/", sync.sync_preview, name="sync_preview"),
    path("sync/start/", sync.sync_start, name="sync_start"),
    path("sync/next/", sync.sync_next, name="sync_next"),
    path("accounts/", accounts.accounts_page, name="accounts"),
    path("accounts/refresh/", accounts.accounts_refresh, name="accounts_refresh"),
    path("accounts/products/", accounts.product_account_add, name="product_account_add"),
    path(
        "accounts/products/<int:pk>/remove/",
        accounts.product_account_remove,
        name="product_account_remove",
    ),
    path("progress/<slug:step>/", sync.job_progress, name="progress"),
]

of_business: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("test/", home.test_connection, name="test"),
    path("digest/", home.digest, name="digest"),
    path("changed/", home.changed, name="changed"),
    path("disconnect/", home.disconnect, name="disconnect"),
    path("log/", log.log, name="log"),
    path("log/export/", log.log_export, name="log_export"),
    path("queue/", log.queue, name="queue"),
    path("queue/export/", log.queue_export, name="queue_export"),
    path("queue/act/", log.queue_act, name="queue_act"),
    path("queue/<int:pk>/rename/", log.rename, name="rename"),
    path("reconciliation/", reconciliation.report, name="reconciliation"),
    path("reconciliation/start/", reconciliation.start, name="reconciliation_start"),
    path("reconciliation/act/<int:pk>/", reconciliation.act, name="reconciliation_act"),
    path("reconciliation/<int:pk>/export/", reconciliation.export, name="reconciliation_export"),
    path("contacts/settings/", contact_settings.contact_settings, name="contact_settings"),
    path("new/", inbox.inbox_list, name="inbox"),
    path("new/act/", inbox.inbox_act, name="inbox_act"),
    path("new/<int:pk>/", inbox.inbox_contact, name="inbox_contact"),
    path("links/<int:pk>/unlink/", unlink.unlink, name="unlink"),
    path("questions/", questions.question_list, name="questions"),
    path("questions/<int:pk>/", questions.question, name="question"),
    path("setup/", include(wizard)),
]

urlpatterns = [
    path("xero/callback/", connect.callback, name="callback"),
    path("xero/webhook/", webhook.webhook, name="webhook"),
    path("b/<slug:slug>/xero/", include(of_business)),
]
