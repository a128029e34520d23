// The main calls of the API by Xero's own SDK for Node; prints what it saw as one line of JSON.
// Arguments: the API's address, an access token, the tenant id.
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { AccountingApi } = require("xero-node");
const [address, token, tenant] = process.argv.slice(2);
const api = new AccountingApi();
api.basePath = address;
api.accessToken = token;

const line = { description: "Service", quantity: 1, unitAmount: 95, accountCode: "201", taxType: "OUTPUT" };
const contacts = await api.createContacts(tenant, { contacts: [{ name: "Dana Brook" }] });
const contact = { contactID: contacts.body.contacts[0].contactID };
const sale = {
  type: "ACCREC",
  contact,
  date: "2026-11-02",
  dueDate: "2026-11-16",
  status: "AUTHORISED",
  lineAmountTypes: "Exclusive",
  lineItems: [line],
};
const invoices = await api.createInvoices(tenant, { invoices: [sale] }, false, 4, "node-1");
const { invoiceID } = invoices.body.invoices[0];
const invoice = { invoiceID };
const account = { code: "090" };
const payment = { invoice, account, amount: 10, date: "2026-11-09" };
await api.createPayments(tenant, { payments: [payment] });
const second = await api.createPayments(tenant, { payments: [payment] });
await api.deletePayment(tenant, second.body.payments[0].paymentID, { status: "DELETED" });
const note = { ...sale, type: "ACCRECCREDIT", dueDate: undefined };
const notes = await api.createCreditNotes(tenant, { creditNotes: [note] });
const noteId = notes.body.creditNotes[0].creditNoteID;
const allocation = { invoice, amount: 20, date: "2026-11-09" };
await api.createCreditNoteAllocation(tenant, noteId, { allocations: [allocation] });
const spent = { type: "SPEND", contact, bankAccount: account, lineItems: [{ ...line, accountCode: "405", taxType: "INPUT" }] };
await api.createBankTransactions(tenant, { bankTransactions: [spent] });
await api.createInvoiceHistory(tenant, invoiceID, { historyRecords: [{ details: "From node" }] });
await api.emailInvoice(tenant, invoiceID, {});
await api.createContactGroup(tenant, { contactGroups: [{ name: "Weekly" }] });
const pdf = await api.getInvoiceAsPdf(tenant, invoiceID);
const read = (await api.getInvoice(tenant, invoiceID)).body.invoices[0];
process.stdout.write(
  JSON.stringify({
    due: read.amountDue,
    payments: read.payments.length,
    credited: read.amountCredited,
    sent: read.sentToContact,
    pdf: Buffer.from(pdf.body).subarray(0, 4).toString(),
  }),
);
