// The live region speaks what a swap changed: the words marked data-announce in the new content.
(() => {
  let timer = 0;

  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    const marked = target.querySelector("[data-announce]");
    const words = marked?.dataset.announce || marked?.textContent.trim();
    const live = document.getElementById("live");
    if (!words || !live) return;
    // Typing in a filter swaps often: only the last one is spoken.
    clearTimeout(timer);
    timer = setTimeout(() => {
      live.textContent = words;
    }, 300);
  });
})();
