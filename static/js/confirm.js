// A form with data-confirm asks first. data-confirm-title and data-confirm-button word the dialog.
// Without JavaScript the form is sent at once, so a destructive act also has a page of its own or an undo.
(() => {
  const agreed = new WeakSet();

  function ask(form, submitter) {
    const dialog = document.getElementById("confirm");
    const words = submitter?.dataset.confirm ? submitter.dataset : form.dataset;
    document.getElementById("confirm-title").textContent = words.confirmTitle || "Are you sure?";
    document.getElementById("confirm-text").textContent = words.confirm;
    document.getElementById("confirm-ok").textContent = words.confirmButton || submitter?.textContent.trim() || "Continue";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "ok") return;
      agreed.add(form);
      form.requestSubmit(submitter);
    }, { once: true });
    dialog.showModal();
  }

  // In the capture phase: before htmx, which listens on the form itself, takes the event.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm && !event.submitter?.dataset.confirm) return;
    if (agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
  }, true);
})();
