// A form that is being sent is not sent twice by a double click. htmx looks after its own forms.
(() => {
  function release(form) {
    delete form.dataset.sending;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    // A form answered by a download leaves the page as it is: it may be sent again after a while.
    setTimeout(() => release(form), 4000);
  });
  // Back from the next page (also out of the browser's cache) the form may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sending]").forEach(release);
  });
})();
