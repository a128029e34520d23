// <select data-search-select="URL">: a box that asks the server while one types. URL answers
// ?q= with {"results": [{"value", "text", "hint"}]}. An empty URL searches the select's own options.
(() => {
  function loader(url) {
    let newest = 0;
    return async function load(query, done) {
      const mine = ++newest;
      const address = new URL(url, location.href);
      address.searchParams.set("q", query);
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        const data = answer.ok ? await answer.json() : { results: [] };
        // An answer to an older question must not replace a newer one.
        if (mine === newest) {
          this.clearOptions((option) => this.items.includes(String(option.value)));
          done(data.results);
        } else {
          done();
        }
      } catch {
        done();
      }
    };
  }

  function option(data, escape) {
    const hint = data.hint ? `<span class="option-hint">${escape(data.hint)}</span>` : "";
    return `<div>${escape(data.text)}${hint}</div>`;
  }

  function enhance(select) {
    if (select.tomselect) return;
    const url = select.dataset.searchSelect;
    const settings = {
      maxOptions: 50,
      placeholder: select.dataset.placeholder || null,
      render: { option, no_results: () => '<div class="no-results">Nothing found.</div>' },
    };
    if (url) {
      // The server has decided what fits: the box neither filters nor sorts again.
      Object.assign(settings, { load: loader(url), loadThrottle: 250, score: () => () => 1, preload: "focus" });
    }
    const box = new TomSelect(select, settings);
    // The label now belongs to the box; the hidden select must not be read out beside it.
    select.setAttribute("aria-hidden", "true");
    if (select.hasAttribute("autofocus")) box.focus();
  }

  function enhanceAll(root) {
    if (root.matches?.("select[data-search-select]")) enhance(root);
    for (const select of root.querySelectorAll("select[data-search-select]")) enhance(select);
  }

  document.addEventListener("DOMContentLoaded", () => enhanceAll(document));
  document.addEventListener("htmx:load", (event) => enhanceAll(event.detail.elt));
})();
