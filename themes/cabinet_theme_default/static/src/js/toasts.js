// Short messages in #toasts. One that offers an act stays until it is closed; the others leave by themselves, but never
// while they are read: the pointer or the focus on one holds it.
import { text } from "./texts.js";

const STAYS = 7000;

function arrange(note) {
  if (note.dataset.arranged) return;
  note.dataset.arranged = "yes";
  if (note.querySelector("form, [data-toast-act]")) return;
  let timer;
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => note.remove(), STAYS);
  };
  for (const name of ["mouseenter", "focusin"]) note.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) note.addEventListener(name, release);
  release();
}

function part(tag, className, content) {
  const element = document.createElement(tag);
  element.className = className;
  if (content) element.textContent = content;
  return element;
}

// act: { label, run } adds a button (undo), after which the message goes.
export function toast(message, { tone = "good", act } = {}) {
  const note = part("div", `c-toast c-toast-${tone}`);
  const sign = part("i", tone === "bad" ? "ti ti-alert-triangle" : "ti ti-check");
  sign.setAttribute("aria-hidden", "true");
  note.append(sign, part("span", "c-grow", message));
  if (act) {
    const button = part("button", "btn btn-sm", act.label);
    button.type = "button";
    button.dataset.toastAct = "";
    button.addEventListener("click", () => {
      note.remove();
      act.run();
    });
    note.append(button);
  }
  const close = part("button", "c-ib");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", text("close"));
  const cross = part("i", "ti ti-x");
  cross.setAttribute("aria-hidden", "true");
  close.append(cross);
  note.append(close);
  document.getElementById("toasts")?.append(note);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest(".c-toast").remove();
});

const place = document.getElementById("toasts");
if (place) {
  new MutationObserver(() => place.querySelectorAll(".c-toast").forEach(arrange)).observe(place, { childList: true });
  place.querySelectorAll(".c-toast").forEach(arrange);
}
