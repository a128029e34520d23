// After a page load or a swap the focus goes to what is wrong, if anything is.
(() => {
  function toErrors(root) {
    const summary = root.matches?.(".error-summary") ? root : root.querySelector(".error-summary");
    if (summary) summary.focus();
  }

  // A link of the summary goes to the control itself, not only near it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    if (!link) return;
    const found = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const control = found?.matches("input, select, textarea") ? found : found?.querySelector("input, select, textarea");
    if (!control) return;
    event.preventDefault();
    (control.tomselect || control).focus();
  });
  document.addEventListener("DOMContentLoaded", () => toErrors(document));
  document.addEventListener("htmx:afterSettle", (event) => toErrors(event.detail.elt));
})();
