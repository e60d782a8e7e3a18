// form[data-keep="name"]: leaving with unsaved changes warns, and what was typed outlives an expired session and an error. It is kept
// in this tab's sessionStorage until the form is sent and a page comes that does not stop it: neither a door nor an error, both of
// which say [data-stopped]. A form that comes back empty offers it again; what the server kept as a draft it brings back itself.
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

function restore(form, kept, into = fields(form)) {
  const rest = [...kept];
  for (const field of into) {
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

// Whoever reloads or goes back has not come here by sending anything.
const came = performance.getEntriesByType("navigation")[0]?.type === "navigate";
const stopped = document.querySelector("[data-stopped]");
for (const name of store.names()) {
  const kept = store.get(name);
  if (!kept?.sent) continue;
  if (stopped) store.set(name, { ...kept, sent: false });
  else if (came) sessionStorage.removeItem(name);
}
for (const form of document.querySelectorAll("form[data-keep]")) {
  const kept = store.get(key(form));
  // The server gave the form back with its errors: it holds what was typed, nothing is lost.
  if (form.querySelector(".is-invalid, .c-cell-bad") || document.querySelector(".c-sumerr")) {
    dirty.add(form);
    store.set(key(form), { values: values(form), sent: false });
  } else if (!kept || JSON.stringify(kept.values) === JSON.stringify(values(form))) continue;
  else if (form.querySelector("[data-draft-back]")) {
    restore(form, kept.values, fields(form).filter((field) => !field.closest("[data-editor]")));
  } else offer(form, kept);
}
