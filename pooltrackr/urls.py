"""The addresses of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from pooltrackr import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("businesses.urls")),
    path("b/<slug:slug>/", include("contacts.urls")),
    path("b/<slug:slug>/", include("invoices.urls")),
    path("", include("stripe_integration.urls")),
    path("", include("xero_integration.urls")),
]
# Where a mail service tells of bounces: only with a secret, or anybody could.
if settings.ANYMAIL.get("WEBHOOK_SECRET"):
    urlpatterns.append(path("anymail/", include("anymail.urls")))
admin.site.site_header = "Pooltrackr platform"
admin.site.site_title = "Pooltrackr platform"
admin.site.index_title = "Records"
