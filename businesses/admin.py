"""The platform's own view of people and businesses. Nothing that is synced can be deleted here."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from businesses.log_in import AdminLogInForm
from businesses.models import Business, Membership, User

# Rights on the platform are staff and superuser; groups would be a third way nobody looks at.
admin.site.unregister(Group)
admin.site.login_form = AdminLogInForm


class MembershipInline(admin.TabularInline[Membership, Business]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "business")


class UserCreationForm(BaseUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    add_form = UserCreationForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "last_login", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "first_name", "last_name", "businesses__name")
    filter_horizontal = ("user_permissions",)
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Name", {"fields": ("first_name", "last_name")}),
        ("Platform", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Deny: what a person did stays signed. `is_active` locks them out."""
        return False


@admin.register(Business)
class BusinessAdmin(admin.ModelAdmin[Business]):
    list_display = ("name", "slug", "abn", "email", "time_zone", "people", "created_at")
    list_filter = ("gst_registered", "time_zone", "created_at")
    search_fields = ("name", "slug", "abn", "email", "phone", "members__email")
    readonly_fields = ("created_at", "updated_at")
    date_hierarchy = "created_at"
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "abn", "gst_registered")}),
        ("Reaching them", {"fields": ("email", "phone", "address")}),
        (
            "Invoices",
            {
                "fields": (
                    *("time_zone", "currency", "terms_days", "terms_type"),
                    "payment_details",
                )
            },
        ),
        ("Dates", {"fields": ("created_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Business]:
        businesses: QuerySet[Business] = super().get_queryset(request)
        return businesses.annotate(people_count=Count("memberships"))

    @admin.display(ordering="people_count")
    def people(self, business: Business) -> int:
        return business.people_count  # type: ignore[attr-defined, no-any-return]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Business | None = None
    ) -> tuple[str, ...]:
        # The slug stands in links that people have kept, and in Xero.
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Business | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ("user", "business", "role", "created_at")
    list_filter = ("role", "created_at")
    list_select_related = ("user", "business")
    search_fields = ("user__email", "user__first_name", "user__last_name", "business__name")
    autocomplete_fields = ("user", "business")
    readonly_fields = ("created_at", "updated_at")
