// The whole menu on a phone is opened by the address (#menu), so it works without scripts. Scripts add what a sheet over the
// page owes: the focus goes in and comes back, the page behind is out of reach, Escape closes.
let opener = null;

function follow() {
  const menu = document.getElementById("menu");
  if (!menu) return;
  const open = location.hash === "#menu" && getComputedStyle(menu).position === "fixed";
  for (const other of document.querySelectorAll(".c-main, .c-bottom")) other.inert = open;
  document.querySelector("[data-menu-open]")?.setAttribute("aria-expanded", String(open));
  if (open) menu.querySelector("a, button, summary")?.focus();
  else if (opener) {
    opener.focus();
    opener = null;
  }
}

function close() {
  history.replaceState(history.state, "", location.pathname + location.search);
  location.hash = "#work"; // :target follows navigation only, not replaceState
  history.replaceState(history.state, "", location.pathname + location.search);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-menu-open]");
  if (link) opener = link;
  if (event.target.closest("[data-menu-close]")) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && location.hash === "#menu") close();
});
window.addEventListener("hashchange", follow);
follow();
