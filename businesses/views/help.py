"""Help for each page: templates/help/<topic>.html, where a topic is a view's name with dashes."""

from django.http import HttpResponse
from django.template.loader import select_template

from businesses.access import BusinessRequest, for_members


@for_members
def help_page(request: BusinessRequest, topic: str) -> HttpResponse:
    """Show the text for `topic`, else for its app (the first word), else the overview."""
    app = topic.partition("-")[0]
    template = select_template([f"help/{topic}.html", f"help/{app}.html", "help/index.html"])
    return HttpResponse(template.render({"topic": topic}, request))
