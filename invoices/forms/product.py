"""Forms for products, their categories, and the filter of their list."""

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from businesses.models import Business
from invoices.figures import figure
from invoices.models import Product, ProductCategory, TaxRate
from invoices.models.product import ProductQuerySet
from pooltrackr.lib.versions import VersionedForm


class ProductForm(VersionedForm[Product]):
    class Meta:
        model = Product
        fields = ("code", "name", "category", "price", "tax_rate", "description")
        widgets = {
            "price": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "code": "Short and yours: you type it to find the product on an invoice.",
            "price": "For one. Whether it includes tax is the invoice's choice.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        business = self.instance.business
        self.fields["category"].queryset = business.categories.all()  # type: ignore[attr-defined]
        self.fields["category"].empty_label = "No category"  # type: ignore[attr-defined]
        rates = self.fields["tax_rate"]
        rates.queryset = business.tax_rates.all()  # type: ignore[attr-defined]
        rates.empty_label = None  # type: ignore[attr-defined]
        if self.instance._state.adding:
            self.initial.setdefault("tax_rate", business.tax_rates.filter(is_default=True).first())
        else:
            self.initial["price"] = figure(self.instance.price, places=2)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        # The constraint's own message does not say where to look.
        twins = self.instance.business.products.filter(code__iexact=code)
        if twin := twins.exclude(pk=self.instance.pk).first():
            archived = " (archived)" if twin.is_archived else ""
            raise forms.ValidationError(f"“{twin.name}”{archived} has this code already.")
        return code


class CategoryForm(forms.ModelForm[ProductCategory]):
    class Meta:
        model = ProductCategory
        fields = ("name",)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        twins = self.instance.business.categories.filter(name__iexact=name)
        if twins.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a category of this name already.")
        return name


class ProductFilter(forms.Form):
    """The list's filter; what the URL says wrong filters nothing."""

    STATES = [("", "In use"), ("archived", "Archived"), ("all", "All")]

    q = forms.CharField(label="Search", required=False)
    category = forms.ChoiceField(required=False)
    state = forms.ChoiceField(label="Show", required=False, choices=STATES)

    def __init__(self, data: MultiValueDict[str, str], *, business: Business) -> None:
        super().__init__(data)
        choices = [(str(pk), name) for pk, name in business.categories.values_list("pk", "name")]
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [("", "All categories"), ("none", "No category"), *choices]

    def apply(self, products: ProductQuerySet) -> ProductQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        products = products.in_state(wanted.get("state", ""))
        if category := wanted.get("category"):
            products = products.filter(category=None if category == "none" else category)
        return products.search(wanted.get("q", ""))


class TaxRateForm(forms.ModelForm[TaxRate]):
    """A rate in use keeps its percentage: stored invoices were computed with it."""

    class Meta:
        model = TaxRate
        fields = ("name", "percent")
        labels = {"percent": "Per cent"}
        widgets = {"percent": forms.TextInput(attrs={"inputmode": "decimal"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["percent"] = figure(self.instance.percent)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        twins = self.instance.business.tax_rates.filter(name__iexact=name)
        if twins.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a tax rate of this name already.")
        return name

    def clean_percent(self) -> Any:
        percent = self.cleaned_data["percent"]
        # The instance still holds what is stored: the form fills it after this.
        stored = self.instance.percent
        if self.instance.pk and percent != stored and self.instance.lines.exists():
            raise forms.ValidationError(
                "Invoices use this rate, so its percentage stays. Add a new rate instead."
            )
        return percent
