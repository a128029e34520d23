"""Addresses of log-in, of the choice of a business, and of a business's own pages."""

from django.contrib.auth import views as auth
from django.urls import include, path

from businesses.log_in import LogInForm
from businesses.views import dashboard, help, home, members, settings

door = [
    path(
        "login/",
        auth.LoginView.as_view(redirect_authenticated_user=True, authentication_form=LogInForm),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/reset/", home.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password/reset/done/",
        auth.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]

of_business = [
    path("", dashboard.dashboard, name="dashboard"),
    path("settings/", settings.business_settings, name="business_settings"),
    path("people/", members.members, name="members"),
    path("people/add/", members.member_add, name="member_add"),
    path("people/<int:pk>/role/", members.member_role, name="member_role"),
    path("people/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path("people/<int:pk>/invite/", members.member_invite, name="member_invite"),
    path("help/<slug:topic>/", help.help_page, name="help"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("businesses/", home.businesses, name="businesses"),
    path("businesses/new/", home.business_create, name="business_create"),
    path("profile/", home.profile, name="profile"),
    path("", include(door)),
    path("b/<slug:slug>/", include(of_business)),
]
