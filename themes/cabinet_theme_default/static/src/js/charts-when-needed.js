// Charts weigh more than the rest together: they are fetched when a page has one.
const load = () => {
  if (document.querySelector("canvas[data-chart]")) import("./charts.js").then(({ drawAll }) => drawAll());
};

document.addEventListener("htmx:load", load);
document.addEventListener("theme:changed", load);
load();
