// [data-fold="group"] folds the rows that say data-in="group". Rows of a folded group inside a folded one stay folded.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fold]");
  if (!button) return;
  const table = button.closest("table");
  button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false"));
  const folded = new Set([...table.querySelectorAll('[data-fold][aria-expanded="false"]')].map((one) => one.dataset.fold));
  for (const row of table.querySelectorAll("[data-in]")) row.hidden = row.dataset.in.split(" ").some((group) => folded.has(group));
});
