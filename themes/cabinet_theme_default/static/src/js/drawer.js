// The drawer (#drawer) is filled by htmx from a link with hx-target="#drawer"; without scripts the same link opens the page
// with the drawer in it. Here: the opener is marked and gets the focus back, Escape and [data-drawer-close] close.
let opener = null;

const drawer = () => document.getElementById("drawer");

const opened = () => drawer()?.childElementCount > 0;

function mark(element) {
  for (const other of document.querySelectorAll("[data-drawer][aria-expanded]")) other.setAttribute("aria-expanded", "false");
  element?.setAttribute("aria-expanded", "true");
}

function close() {
  const link = drawer().querySelector("[data-drawer-close]");
  if (link?.href) history.replaceState(history.state, "", link.href);
  drawer().replaceChildren();
  const back = opener ?? document.querySelector('[data-drawer][aria-expanded="true"]');
  mark(null);
  back?.focus();
  opener = null;
}

// The link of the page that leads where a link of the drawer ("next") does is its opener from then on.
const leading = (path) => [...document.querySelectorAll("[data-drawer]")].find((link) => link.getAttribute("href") === path);

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target?.id !== "drawer") return;
  if (detail.elt.matches("[data-drawer]")) opener = detail.elt;
  else opener = leading(detail.elt.getAttribute("href")) ?? opener;
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id !== "drawer" || !opened()) return;
  mark(opener);
  const heading = drawer().querySelector("[data-drawer-title]");
  heading?.focus({ preventScroll: true });
  drawer().scrollTop = 0;
});
document.addEventListener("click", (event) => {
  if (!opened()) return;
  const behind = event.target.classList?.contains("c-split") && getComputedStyle(drawer()).position === "fixed";
  if (!behind && !event.target.closest("#drawer [data-drawer-close]")) return;
  event.preventDefault();
  close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && opened() && !document.querySelector("dialog[open], details.c-menu[open]")) close();
});
