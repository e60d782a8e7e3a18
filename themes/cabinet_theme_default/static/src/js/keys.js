// Keys: an element says data-key="n" and is clicked, or focused if it is a field. `?` or [data-keys] lists them; the list
// holds the switch that turns single keys off (people who dictate need it: WCAG 2.1.4).
const OFF = "cabinet.keys.off";

const off = () => {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false;
  }
};

const typing = (element) => element.closest?.("input, textarea, select, [contenteditable], dialog[open]");

// The key is the place on the keyboard: J must work while the Russian layout is on.
function pressed(event) {
  if (event.code?.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "?";
  if (event.key === "/" || event.code === "Slash") return "/";
  if (event.code?.startsWith("Digit") && !event.shiftKey) return event.code.slice(5);
  return event.key.toLowerCase();
}

const seen = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

const find = (key) => [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key.toLowerCase() === key && seen(element));

function use(element) {
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else element.click();
}

function label(element) {
  if (element.dataset.keyLabel || element.getAttribute("aria-label")) return element.dataset.keyLabel || element.getAttribute("aria-label");
  // A field is called as its label, a card as its bold line; all of their text would be a page of its own.
  const copy = (element.labels?.[0] ?? element.querySelector("b") ?? element).cloneNode(true);
  copy.querySelectorAll("kbd, .c-count").forEach((one) => one.remove());
  return copy.textContent.trim() || element.placeholder || "";
}

function list() {
  const dialog = document.getElementById("keys");
  if (!dialog || dialog.open) return;
  const rows = dialog.querySelector("[data-key-list]");
  rows.replaceChildren();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!seen(element)) continue;
    const key = document.createElement("kbd");
    key.className = "c-kbd";
    key.textContent = element.dataset.key.length === 1 ? element.dataset.key.toUpperCase() : element.dataset.key;
    const term = document.createElement("dt");
    term.append(key);
    const meaning = document.createElement("dd");
    meaning.textContent = label(element);
    rows.append(term, meaning);
  }
  dialog.querySelector("[data-keys-on]").checked = !off();
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = pressed(event);
  if (key === "?") {
    event.preventDefault();
    list();
    return;
  }
  if (off()) return;
  if (key === "enter" && event.target !== document.body) return; // Enter belongs to what has the focus
  const element = find(key);
  if (!element) return;
  event.preventDefault();
  use(element);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) list();
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  try {
    localStorage.setItem(OFF, event.target.checked ? "no" : "yes");
  } catch {
    return; // no storage, as in a private window: the keys stay as they were
  }
  document.documentElement.classList.toggle("c-keys-off", off());
});
document.documentElement.classList.toggle("c-keys-off", off());
