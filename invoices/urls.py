"""Addresses of invoices, payments, products and their settings, under /b/<business>/."""

from django.urls import path

from invoices.views import actions, crediting, emailing, products, reading, settings, writing

app_name = "invoices"

urlpatterns = [
    path("invoices/", reading.invoice_list, name="list"),
    path("invoices/export.csv", reading.invoice_export, name="export"),
    path("invoices/add/", writing.invoice_create, name="create"),
    path("invoices/products/", writing.product_options, name="product_options"),
    path("invoices/<uuid:pk>/", reading.invoice_detail, name="detail"),
    path("invoices/<uuid:pk>/edit/", writing.invoice_edit, name="edit"),
    path("invoices/<uuid:pk>/print/", reading.invoice_print, name="print"),
    path("invoices/<uuid:pk>/pdf/", reading.invoice_pdf, name="pdf"),
    path("invoices/<uuid:pk>/email/", emailing.invoice_email, name="email"),
    path("invoices/<uuid:pk>/issue/", actions.invoice_issue, name="issue"),
    path("invoices/<uuid:pk>/void/", actions.invoice_void, name="void"),
    path("invoices/<uuid:pk>/delete/", actions.invoice_delete, name="delete"),
    path("invoices/<uuid:pk>/copy/", actions.invoice_copy, name="copy"),
    path("invoices/<uuid:pk>/payments/", actions.payment_record, name="payment_record"),
    path(
        "invoices/<uuid:pk>/payments/<uuid:payment>/reverse/",
        actions.payment_reverse,
        name="payment_reverse",
    ),
    path("invoices/<uuid:pk>/credit/", crediting.credit, name="credit"),
    path("credit-notes/<uuid:pk>/", crediting.credit_note, name="credit_note"),
    path("credit-notes/<uuid:pk>/pdf/", crediting.credit_note_pdf, name="credit_note_pdf"),
    path("payments/<uuid:pk>/", reading.payment, name="payment"),
    path("products/", products.product_list, name="product_list"),
    path("products/add/", products.product_create, name="product_create"),
    path("products/<uuid:pk>/", products.product_edit, name="product_edit"),
    path("products/<uuid:pk>/archive/", products.product_archive, name="product_archive"),
    path("products/<uuid:pk>/restore/", products.product_restore, name="product_restore"),
    path("products/categories/", settings.category_list, name="category_list"),
    path("products/categories/<int:pk>/", settings.category_rename, name="category_rename"),
    path("products/categories/<int:pk>/delete/", settings.category_delete, name="category_delete"),
    path("invoices/tax-rates/", settings.tax_rate_list, name="tax_rate_list"),
    path("invoices/tax-rates/<int:pk>/", settings.tax_rate_edit, name="tax_rate_edit"),
    path(
        "invoices/tax-rates/<int:pk>/default/",
        settings.tax_rate_default,
        name="tax_rate_default",
    ),
    path("invoices/tax-rates/<int:pk>/delete/", settings.tax_rate_delete, name="tax_rate_delete"),
    path("invoices/email-text/", emailing.email_text, name="email_text"),
    path("invoices/numbering/", settings.numbering, name="numbering"),
]
