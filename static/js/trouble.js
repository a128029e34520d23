// An htmx request that failed says so in the page; nothing that was typed is lost.
(() => {
  const WORDS = {
    400: "The server did not understand this. Reload the page and try again.",
    403: "You may not do this, or the page has been open too long. Reload the page and try again.",
    404: "This is no longer here. Reload the page to see what is.",
    409: "Somebody changed this in the meantime. Reload the page to see it as it is now.",
  };

  function show(words) {
    const messages = document.getElementById("messages");
    const notice = document.createElement("div");
    notice.className = "notice notice-error";
    notice.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = words;
    notice.append(text);
    messages.replaceChildren(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    show(WORDS[status] || "Something went wrong on our side; nothing was changed. Try again in a moment.");
  });
  document.addEventListener("htmx:sendError", () => {
    show("The server cannot be reached. Check your connection and try again; what you typed is still here.");
  });
  document.addEventListener("htmx:timeout", () => {
    show("The server took too long to answer. Try again in a moment.");
  });
})();
