// Inside [data-option-list] the arrow keys walk from the box through its options and back.
(() => {
  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.("[data-option-list]");
    if (!list || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
    const stops = [list.querySelector("input"), ...list.querySelectorAll("[data-option]")];
    const at = stops.indexOf(event.target.closest("input, [data-option]"));
    if (at < 0) return;
    const next = event.key === "Escape" ? 0 : at + (event.key === "ArrowDown" ? 1 : -1);
    if (next === at || !stops[next]) return;
    event.preventDefault();
    stops[next].focus();
  });
  // Enter in the box takes the only option there is.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    const options = event.target.closest("[data-option-list]")?.querySelectorAll("[data-option]");
    if (!options) return;
    event.preventDefault();
    if (options.length === 1) options[0].click();
    else options[0]?.focus();
  });
})();
