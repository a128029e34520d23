"""Addresses of contacts and pools, under /b/<business>/."""

from django.urls import path

from contacts.views import contacts, lookups, pools

app_name = "contacts"

urlpatterns = [
    path("contacts/", contacts.contact_list, name="list"),
    path("contacts/add/", contacts.contact_create, name="create"),
    path("contacts/search/", lookups.contact_search, name="search"),
    path("contacts/tags/", lookups.tag_suggestions, name="tags"),
    path("contacts/<uuid:pk>/", contacts.contact_detail, name="detail"),
    path("contacts/<uuid:pk>/edit/", contacts.contact_edit, name="edit"),
    path("contacts/<uuid:pk>/archive/", contacts.contact_archive, name="archive"),
    path("contacts/<uuid:pk>/restore/", contacts.contact_restore, name="restore"),
    path("pools/", pools.pool_list, name="pool_list"),
    path("pools/add/", pools.pool_create, name="pool_create"),
    path("pools/<uuid:pk>/", pools.pool_detail, name="pool_detail"),
    path("pools/<uuid:pk>/edit/", pools.pool_edit, name="pool_edit"),
    path("pools/<uuid:pk>/archive/", pools.pool_archive, name="pool_archive"),
    path("pools/<uuid:pk>/restore/", pools.pool_restore, name="pool_restore"),
    path("pools/<uuid:pk>/contacts/", pools.pool_contact_add, name="pool_contact_add"),
    path(
        "pools/<uuid:pk>/contacts/<int:link>/remove/",
        pools.pool_contact_remove,
        name="pool_contact_remove",
    ),
]
