// form[data-keep="name"]: leaving with unsaved changes warns, and what was typed outlives an expired session. It is kept in
// this tab's sessionStorage until the form is sent and another page comes; a form that comes back empty offers it again.
import { text } from "./texts.js";

const PREFIX = "cabinet.kept.";
const SECRET = 'input[type="password"], input[type="file"], input[type="hidden"], [data-not-kept]';

const dirty = new WeakSet();
let leaving = false;

const key = (form) => PREFIX + location.pathname + "#" + form.dataset.keep;

const store = {
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      return; // full or forbidden: the warning remains
    }
  },
  names: () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)),
};

const fields = (form) => [...form.elements].filter((field) => field.name && !field.matches(SECRET));

const values = (form) =>
  fields(form).map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? (field.checked ? field.value : null) : field.value]);

function restore(form, kept) {
  const rest = [...kept];
  for (const field of fields(form)) {
    const at = rest.findIndex(([name, value]) => name === field.name && (field.type !== "radio" || value === null || value === field.value));
    if (at < 0) continue;
    const [[, value]] = rest.splice(at, 1);
    if (field.type === "checkbox" || field.type === "radio") field.checked = value !== null;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function offer(form, kept) {
  const note = document.createElement("div");
  note.className = "c-note c-note-acc mb-3";
  const words = document.createElement("span");
  words.className = "c-grow";
  words.textContent = text("keptText");
  const take = document.createElement("button");
  take.type = "button";
  take.className = "btn btn-sm";
  take.textContent = text("restore");
  take.addEventListener("click", () => {
    restore(form, kept.values);
    note.remove();
  });
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-sm btn-ghost";
  drop.textContent = text("discard");
  drop.addEventListener("click", () => {
    sessionStorage.removeItem(key(form));
    note.remove();
  });
  note.append(words, take, drop);
  form.prepend(note);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.keep) return;
  dirty.add(form);
  store.set(key(form), { values: values(form), sent: false });
});
document.addEventListener("submit", (event) => {
  leaving = true;
  const form = event.target;
  if (form.matches("[data-sign-out]")) store.names().forEach((name) => sessionStorage.removeItem(name));
  else if (form.dataset.keep) store.set(key(form), { values: values(form), sent: true });
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && [...document.querySelectorAll("form[data-keep]")].some((form) => dirty.has(form))) event.preventDefault();
});
window.addEventListener("pageshow", () => {
  leaving = false;
});

const here = new Set();
for (const form of document.querySelectorAll("form[data-keep]")) {
  here.add(key(form));
  const kept = store.get(key(form));
  // The server gave the form back with its errors: it holds what was typed, nothing is lost.
  if (form.querySelector(".is-invalid, .c-cell-bad") || document.querySelector(".c-sumerr")) dirty.add(form);
  else if (kept && JSON.stringify(kept.values) !== JSON.stringify(values(form))) offer(form, kept);
}
// A form that was sent and is not here went through, unless this is the door: then it waits behind it.
if (!document.querySelector("[data-door]")) {
  for (const name of store.names()) if (!here.has(name) && store.get(name)?.sent) sessionStorage.removeItem(name);
}
