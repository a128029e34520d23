"""How forms look: one renderer for all of them."""

from django.forms.renderers import TemplatesSetting


class BootstrapRenderer(TemplatesSetting):
    """Draw fields with templates/forms/field.html: label, control, help, error, in that order."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
