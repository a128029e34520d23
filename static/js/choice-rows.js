// The link list: one editor at a time, and after a choice the focus goes on to the next row.
(() => {
  document.addEventListener("htmx:afterSwap", (event) => {
    const opened = document.getElementById(event.detail.target.id);
    if (!opened?.matches("[data-editor]")) return;
    for (const editor of document.querySelectorAll("[data-editor]")) {
      if (editor !== opened) editor.querySelector("[data-editor-close]").click();
    }
    opened.querySelector("input[type=search]")?.focus();
  });

  // Whoever closes an editor comes back to the button that opened it; who chose, to the next row.
  document.addEventListener("htmx:afterSettle", (event) => {
    const row = document.getElementById(event.detail.target.id);
    if (!row?.matches(".pairs tr") || row.matches("[data-editor]")) return;
    if (document.querySelector("[data-editor]")) return;
    const chosen = event.detail.requestConfig?.verb === "post";
    const next = chosen ? row.nextElementSibling ?? row : row;
    next.querySelector(chosen ? "button, a.btn" : "a.btn")?.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.target.closest("[data-editor]")?.querySelector("[data-editor-close]").click();
  });
})();
