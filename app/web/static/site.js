// A row of links that is wider than the screen begins where its page is.
for (const here of document.querySelectorAll(".site-nav [aria-current], .tabs [aria-current], .steps [aria-current]")) {
  const row = here.closest("nav");
  row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - here.offsetWidth) / 2;
}

// Copy buttons stay hidden without this script or where the clipboard is out of reach (plain http).
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const status = document.createElement("span");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    button.after(status);
    const label = button.querySelector("[data-copy-label]");
    const before = label.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
      } catch {
        return;
      }
      label.textContent = status.textContent = button.dataset.copied;
      setTimeout(() => {
        label.textContent = before;
        status.textContent = "";
      }, 2500);
    });
    button.hidden = false;
  }
}

// From the next page on, times are shown in this browser's time zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`sso_zone=${zone}`)) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `sso_zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
}

// The header's menu opens and closes by itself; Escape and a click elsewhere close it too.
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", event => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// "/" goes to the search, unless somebody is typing.
const search = document.querySelector(".site-search input");
if (search) {
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    search.focus();
  });
}
