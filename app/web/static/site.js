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

// Lists that htmx fetches (support/_list.html). Whatever is no list, a login page for example, is opened as a page.
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
if (document.getElementById("results")) document.body.append(said);

document.addEventListener("htmx:beforeSwap", event => {
  const { xhr, pathInfo } = event.detail;
  if (xhr.status === 200 && new URL(xhr.responseURL).pathname === new URL(pathInfo.finalRequestPath, location).pathname) return;
  event.detail.shouldSwap = false;
  location.assign(pathInfo.finalRequestPath);
});
document.addEventListener("htmx:targetError", event => {
  if (event.target.href) location.assign(event.target.href);
});
document.addEventListener("htmx:afterSettle", () => {
  const results = document.querySelector("#results[data-said]");
  if (!results) return;
  said.textContent = results.dataset.said;
  if (document.activeElement === document.body) results.focus({ preventScroll: true });
});

// A password can be looked at while it is typed; it is sent, and kept by the browser, as a password.
for (const button of document.querySelectorAll("button[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const show = shown => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
  button.hidden = false;
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

// A file that is too large is refused before it is sent; the server would refuse it too.
for (const field of document.querySelectorAll("input[data-most-bytes]")) {
  field.addEventListener("change", () => {
    const large = [...field.files].some(file => file.size > Number(field.dataset.mostBytes));
    field.setCustomValidity(large ? field.dataset.tooLarge : "");
    if (large) field.reportValidity();
  });
}
