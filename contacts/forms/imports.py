"""Forms of the import: the file, what each column is, and what to do with rows in doubt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from contacts.imports import targets
from contacts.models import ImportFile

CHOICES = [(targets.SKIP, "Leave out"), *((t.key, t.heading) for t in targets.TARGETS)]
# Values shown under a column's name, so that one sees what it holds.
SAMPLES = 3


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={
            "required": "Choose the file that holds your contacts.",
            "empty": "The file is empty. Choose the file that holds your contacts.",
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        size = file.size or 0
        if size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"The file has {filesizeformat(size)}; "
                f"up to {filesizeformat(settings.UPLOAD_MAX_BYTES)} can be imported at once. "
                "Split it and import the parts one after the other."
            )
        return file


class ColumnsForm(forms.Form):
    """A select for each column of the list, in its order."""

    def __init__(self, *args: Any, imported: ImportFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, heading in enumerate(imported.header):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading,
                choices=CHOICES,
                required=False,
                initial=imported.mapping[number],
            )
        self.samples = [_samples(imported.rows, number) for number in range(len(imported.header))]

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        return list(zip(list(self), self.samples, strict=True))

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and (problem := targets.check(self.mapping)):
            raise forms.ValidationError(problem)
        return cleaned


def _samples(rows: list[list[str]], number: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        if len(row) > number and row[number] and row[number] not in found:
            found.append(row[number])
        if len(found) == SAMPLES:
            break
    return found


class ChoicesForm(forms.Form):
    """What to do with the rows that cannot be imported and those that are there already."""

    bad = forms.ChoiceField(
        label="Rows that cannot be imported",
        choices=(
            ("stop", "Import nothing until they are corrected"),
            ("leave", "Import the good rows and leave these out"),
        ),
        initial="stop",
        widget=forms.RadioSelect,
        required=False,
    )
    known = forms.ChoiceField(
        label="Rows that look like a contact you have",
        choices=(("skip", "Leave them out"), ("import", "Import them as new contacts too")),
        initial="skip",
        widget=forms.RadioSelect,
        required=False,
    )
