// The lines of an invoice by keyboard: Enter goes to the same box of the next line, and from the
// last one to a new line; the focus never falls out of the page when a line goes or comes.
(() => {
  const lines = () => [...document.querySelectorAll("#lines > .line")];

  document.addEventListener("keydown", (event) => {
    const line = event.target.closest?.("#lines > .line");
    if (!line || event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const next = line.nextElementSibling;
    const name = event.target.name.replace(/^line-\d+-/, "");
    if (next) next.querySelector(`[name$="-${name}"]`)?.focus();
    else document.getElementById("add-line").click();
  });

  // A line that has just been added is written first.
  document.addEventListener("htmx:afterSettle", () => {
    const fresh = document.querySelector("#lines [data-fresh]");
    if (!fresh) return;
    fresh.removeAttribute("data-fresh");
    fresh.querySelector("input").focus();
  });

  // A moved line keeps the focus on its button, or on the other one at the end of the list.
  document.addEventListener("htmx:afterSettle", (event) => {
    const [, verb, key] = event.detail.requestConfig?.elt.id?.match(/^(up|down)-(\d+)$/) || [];
    if (!verb) return;
    const same = document.getElementById(`${verb}-${key}`);
    const other = document.getElementById(`${verb === "up" ? "down" : "up"}-${key}`);
    same?.focus();
    if (document.activeElement !== same) other?.focus();
  });

  // The neighbour of a removed line takes the focus.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const line = event.detail.target;
    if (!event.detail.requestConfig?.elt.id?.startsWith("remove-") || !line.matches?.(".line")) return;
    const all = lines();
    const at = all.indexOf(line);
    const heir = all[at + 1] || all[at - 1];
    (heir?.querySelector("[id^='remove-']") || document.getElementById("add-line")).focus();
  });

  // With live totals this button has nothing left to do.
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-plain-only]")) button.hidden = true;
  });
})();
