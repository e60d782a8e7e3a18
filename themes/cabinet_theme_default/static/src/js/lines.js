// The editor of lines (macro `lines`): table[data-lines="id"] with tr[data-line], <template id> of a line whose index is
// written __n__, [data-line-add] and [data-line-delete]. Enter goes to the next cell, a table pasted from a spreadsheet fills cells, a
// deleted line can be taken back. Sums are the server's: the table fires lines:changed, htmx asks for them.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

const CELL = "input:not([type=hidden], [type=checkbox]), textarea, select";

const rows = (table) => [...table.querySelectorAll("tr[data-line]")];
const cells = (row) => [...row.querySelectorAll(CELL)];

const changed = (table) => table.dispatchEvent(new CustomEvent("lines:changed", { bubbles: true }));

function number(table) {
  rows(table).forEach((row, at) => {
    for (const place of row.querySelectorAll("[data-line-number]")) place.textContent = at + 1;
    for (const cell of row.querySelectorAll("[data-label]")) cell.setAttribute("aria-label", cell.dataset.label.replace("{n}", at + 1));
  });
}

// Names need not be dense: the server reads the indexes in their order.
function nextIndex(table) {
  const used = [...table.querySelectorAll("[name]")].map((cell) => Number(/-(\d+)-/.exec(cell.name)?.[1] ?? -1));
  return Math.max(-1, ...used) + 1;
}

function add(table) {
  const row = document.getElementById(table.dataset.lines).content.firstElementChild.cloneNode(true);
  const index = String(nextIndex(table));
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__n__")) element.setAttribute(attribute.name, attribute.value.replaceAll("__n__", index));
    }
  }
  const last = rows(table).at(-1);
  const error = last?.nextElementSibling?.matches(".c-grid-err") ? last.nextElementSibling : last;
  if (error) error.after(row);
  else table.tBodies[0].prepend(row);
  number(table);
  return row;
}

function remove(row) {
  const table = row.closest("[data-lines]");
  const before = row.nextSibling;
  const parent = row.parentNode;
  const error = row.nextElementSibling?.matches(".c-grid-err") ? row.nextElementSibling : null;
  const neighbour = rows(table)[rows(table).indexOf(row) + 1] ?? rows(table)[rows(table).indexOf(row) - 1];
  error?.remove();
  row.remove();
  if (!rows(table).length) add(table);
  number(table);
  changed(table);
  cells(neighbour ?? rows(table)[0])[0]?.focus();
  const back = () => {
    parent.insertBefore(row, before?.parentNode === parent ? before : (neighbour?.parentNode === parent ? neighbour : null));
    if (error) row.after(error);
    number(table);
    changed(table);
    cells(row)[0]?.focus();
  };
  toast(text("lineDeleted"), { act: { label: text("undo"), run: back } });
}

function goOn(cell) {
  const table = cell.closest("[data-lines]");
  const all = rows(table).flatMap(cells);
  const next = all[all.indexOf(cell) + 1] ?? cells(add(table))[0];
  next.focus();
  next.select?.();
}

function paste(cell, table, block) {
  const first = rows(table).indexOf(cell.closest("tr[data-line]"));
  const column = cells(cell.closest("tr[data-line]")).indexOf(cell);
  block.forEach((values, down) => {
    const row = rows(table)[first + down] ?? add(table);
    values.forEach((value, right) => {
      const target = cells(row)[column + right];
      if (!target) return;
      target.value = value.trim();
      target.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  changed(table);
}

document.addEventListener("click", (event) => {
  const add_ = event.target.closest("[data-line-add]");
  if (add_) cells(add(add_.closest("[data-lines]")))[0]?.focus();
  const gone = event.target.closest("[data-line-delete]");
  if (gone) remove(gone.closest("tr[data-line]"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!event.target.matches?.(`tr[data-line] :is(${CELL})`)) return;
  event.preventDefault();
  goOn(event.target);
});
document.addEventListener("change", (event) => {
  const table = event.target.closest?.("[data-lines]");
  if (table) changed(table);
});
document.addEventListener("paste", (event) => {
  const cell = event.target.closest?.(`tr[data-line] :is(${CELL})`);
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\n]/.test(pasted.trim())) return;
  event.preventDefault();
  paste(cell, cell.closest("[data-lines]"), pasted.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t")));
});
