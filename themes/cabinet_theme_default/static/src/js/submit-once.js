// A form goes once: the second click of an impatient hand is swallowed, the button says that it works. The server refuses a
// repeated act anyway; this only spares a person the doubt. data-many: a form whose answer is a download.
const BACK = 15000; // an answer that never came must not lock the form for good

const release = (form) => {
  delete form.dataset.going;
  for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" || form.hasAttribute("data-many") || form.hasAttribute("hx-post")) return;
  if (form.dataset.going) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented) return;
  form.dataset.going = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, BACK, form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-going]").forEach(release));
