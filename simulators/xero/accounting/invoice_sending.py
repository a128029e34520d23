"""What reaches a customer of an invoice: its online address, its e-mail, its PDF."""

from dataclasses import replace

from simulators.xero.accounting import messages
from simulators.xero.accounting.call import Call
from simulators.xero.accounting.invoice_read import named_invoice
from simulators.xero.answers import Answer, envelope, validation_exception

SENDABLE = frozenset({"SUBMITTED", "AUTHORISED", "PAID"})


def read_online_invoice(call: Call) -> Answer:
    invoice = named_invoice(call)
    if invoice.type != "ACCREC" or invoice.status == "DRAFT":
        return refusal(messages.NO_ONLINE_INVOICE)
    url = {"OnlineInvoiceUrl": f"https://in.xero.com/{invoice.id.replace('-', '')}"}
    return envelope("OnlineInvoices", [url], call.now)


def email_invoice(call: Call) -> Answer:
    """Send nothing, but mark the invoice as sent."""
    invoice = named_invoice(call)
    if invoice.type != "ACCREC" or invoice.status not in SENDABLE:
        return refusal(messages.NOT_TO_BE_SENT)
    sent = replace(invoice, sent_to_contact=True, updated=call.now)
    call.organisation.invoices.save(sent)
    return Answer(204)


def refusal(message: str) -> Answer:
    return validation_exception([{"ValidationErrors": [{"Message": message}]}])


def read_pdf(call: Call) -> Answer:
    invoice = named_invoice(call)
    title = pdf_string(f"Invoice {invoice.number} total {invoice.total} {invoice.currency}")
    return Answer(200, one_page_pdf(title), "application/pdf")


def pdf_string(text: str) -> str:
    """Return text that a PDF string takes as it stands."""
    plain = text.encode("ascii", "replace").decode()
    return plain.translate({ord(mark): f"\\{mark}" for mark in "\\()"})


def one_page_pdf(text: str) -> bytes:
    """Return the least PDF that a reader opens: one page with one line."""
    stream = f"BT /F1 14 Tf 72 770 Td ({text}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return f"{body}{tail}startxref\n{len(body)}\n%%EOF\n".encode()
