"""Addresses of contacts and pools, under /b/<business>/."""

from django.urls import path

from contacts.views import contacts, duplicates, imports, lookups, merges, pools

app_name = "contacts"

urlpatterns = [
    path("contacts/", contacts.contact_list, name="list"),
    path("contacts/add/", contacts.contact_create, name="create"),
    path("contacts/search/", lookups.contact_search, name="search"),
    path("contacts/tags/", lookups.tag_suggestions, name="tags"),
    path("contacts/export/", imports.export, name="export"),
    path("contacts/import/", imports.upload, name="import"),
    path("contacts/import/<uuid:pk>/columns/", imports.columns, name="import_columns"),
    path("contacts/import/<uuid:pk>/check/", imports.preview, name="import_preview"),
    path("contacts/import/<uuid:pk>/", imports.result, name="import_result"),
    path("contacts/import/<uuid:pk>/left-out/", imports.left_out, name="import_left_out"),
    path("contacts/import/<uuid:pk>/undo/", imports.undo, name="import_undo"),
    path("contacts/duplicates/", duplicates.duplicates, name="duplicates"),
    path("contacts/duplicates/merge/", duplicates.merge_group, name="duplicates_merge"),
    path("contacts/duplicates/ignore/", duplicates.ignore_group, name="duplicates_ignore"),
    path("contacts/duplicates/search/", duplicates.search, name="duplicates_search"),
    path("contacts/duplicates/automatic/", duplicates.automatic, name="duplicates_automatic"),
    path("contacts/duplicates/compare/", merges.compare, name="duplicates_compare"),
    path("contacts/duplicates/told-apart/", merges.not_duplicates, name="not_duplicates"),
    path("contacts/duplicates/jobs/<uuid:pk>/", duplicates.job, name="duplicates_job"),
    path("contacts/merges/", merges.merge_list, name="merge_list"),
    path("contacts/merges/<int:pk>/undo/", merges.merge_undo, name="merge_undo"),
    path("contacts/merges/<uuid:batch>/undo-all/", merges.batch_undo, name="merge_batch_undo"),
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
