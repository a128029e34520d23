"""The contact form: every field of a contact, with tags and other e-mails as plain text."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from businesses.fields import tidy_abn
from businesses.terms import TermsType
from contacts.models import Contact
from contacts.naming import name_from, tidy
from contacts.texts import invalid_emails, split_words
from pooltrackr.lib.versions import VersionedForm

ADDRESS_PARTS = ("line1", "line2", "city", "region", "code", "country")
POSTAL = tuple(f"postal_{part}" for part in ADDRESS_PARTS)
STREET = tuple(f"street_{part}" for part in ADDRESS_PARTS)


class ContactFields(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of one contact, as the contact form and the merge form share them."""

    other_emails = forms.CharField(
        label="Other e-mails",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One on each line.",
    )

    class Meta:
        model = Contact
        fields = (
            *("kind", "name", "first_name", "last_name", "company"),
            *("email", "other_emails", "phone", "mobile"),
            *STREET,
            *POSTAL,
            *("abn", "account_number", "terms_days", "terms_type", "notes"),
        )
        widgets = {
            "notes": forms.Textarea(attrs={"rows": 4}),
            "phone": forms.TextInput(attrs={"type": "tel"}),
            "mobile": forms.TextInput(attrs={"type": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields[
            "name"
        ].help_text = (
            "As it stands on invoices. Left empty, it is made from the company or the person."
        )
        counted = cast(forms.ChoiceField, self.fields["terms_type"])
        counted.choices = [("", "As usual"), *TermsType.choices]
        if "other_emails" not in (kwargs.get("initial") or {}):
            self.initial["other_emails"] = "\n".join(self.instance.other_emails)

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])

    def clean_abn(self) -> str:
        return tidy_abn(self.cleaned_data["abn"])

    def clean_other_emails(self) -> list[str]:
        emails = split_words(self.cleaned_data["other_emails"])
        if wrong := invalid_emails(emails):
            raise ValidationError(f"Not an e-mail address: {', '.join(wrong)}.")
        return emails

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("name") and "name" not in self.errors:
            self._name_from_the_rest(cleaned)
        if (cleaned.get("terms_days") is None) != (not cleaned.get("terms_type")):
            self.add_error("terms_days", "Give the days and how they are counted, or neither.")
        return cleaned

    def _name_from_the_rest(self, cleaned: dict[str, Any]) -> None:
        name = name_from({key: value for key, value in cleaned.items() if isinstance(value, str)})
        if name is None:
            self.add_error("name", "Enter a name, or a company or person to name the contact by.")
        else:
            cleaned["name"] = name.text


class ContactForm(VersionedForm[Contact], ContactFields):
    tags = forms.CharField(
        required=False,
        help_text="Words to group contacts by, with commas between them.",
        widget=forms.TextInput(attrs={"list": "tag-names", "autocomplete": "off"}),
    )
    same_postal = forms.BooleanField(
        label="Postal address is the same as the street address", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.instance._state.adding:
            self.initial["tags"] = ", ".join(tag.name for tag in self.instance.tags.all())

    def clean_tags(self) -> list[str]:
        tags = split_words(self.cleaned_data["tags"])
        if long := [tag for tag in tags if len(tag) > 50]:
            raise ValidationError(f"A tag has up to 50 characters: {', '.join(long)}.")
        return tags

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("same_postal"):
            for postal, street in zip(POSTAL, STREET, strict=True):
                cleaned[postal] = cleaned.get(street, "")
        return cleaned

    @property
    def layout(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in groups, for the template."""
        groups = (
            ("Who", ("kind", "name", "company", "first_name", "last_name", "tags")),
            ("Contact details", ("email", "phone", "mobile", "other_emails")),
            ("Street address", STREET),
            ("Postal address", ("same_postal", *POSTAL)),
            ("Accounts", ("abn", "account_number", "terms_days", "terms_type")),
            ("Notes", ("notes",)),
        )
        return [(title, [self[name] for name in names]) for title, names in groups]
