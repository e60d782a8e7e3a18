// [data-editor]: a textarea with a toolbar, a preview, pictures and files by drag, paste or choice, and people named by @.
// Without this file it is a textarea with a field for files; what is typed is kept by htmx (see the macro `editor`).
import { text } from "./texts.js";
import { toast } from "./toasts.js";

const area = (editor) => editor.querySelector("textarea");
const of = (element) => element.closest?.("[data-editor]");

function arrange(editor) {
  editor.classList.add("c-editor-on");
  editor.querySelector("[data-editor-bar]").hidden = false;
  for (const button of editor.querySelectorAll("[data-editor-insert]")) button.hidden = false;
}

// Typed by hand, so that the browser's own undo takes it back.
function put(field, words, start = field.selectionStart, end = field.selectionEnd) {
  field.focus();
  field.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, words)) field.setRangeText(words, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrap(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  put(field, mark + value.slice(start, end) + mark, start, end);
  field.setSelectionRange(start + mark.length, end + mark.length);
}

function begin(field, mark) {
  const { selectionEnd: end, value } = field;
  const start = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  put(field, value.slice(start, end).replace(/^/gm, mark), start, end);
}

function link(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  put(field, `[${value.slice(start, end)}](https://)`, start, end);
  field.setSelectionRange(field.selectionEnd - 1, field.selectionEnd - 1);
}

async function upload(editor, files) {
  for (const file of files) {
    const form = new FormData();
    for (const name of ["draft_kind", "draft_place", "draft_field"]) form.set(name, editor.querySelector(`[name="${name}"]`).value);
    form.set("file", file, file.name || "picture.png");
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    let answer;
    try {
      answer = await fetch(editor.dataset.upload, { method: "POST", body: form, headers: { "X-CSRF-Token": token, "HX-Request": "true" } });
    } catch {
      toast(text("offline"), { tone: "bad" });
      return;
    }
    if (answer.status === 422) toast(await answer.text(), { tone: "bad" });
    else if (!answer.ok || answer.redirected) toast(text(answer.status === 413 ? "failed" : "notAllowed"), { tone: "bad" });
    else added(editor, await answer.text());
  }
}

function added(editor, html) {
  const list = editor.querySelector("[data-editor-list]");
  list.append(new DOMParser().parseFromString(html, "text/html").querySelector("li"));
  arrange(editor);
  const { markdown } = list.lastElementChild.dataset;
  const field = area(editor);
  const begun = /[^\n]$/.test(field.value.slice(0, field.selectionStart));
  if (markdown.startsWith("!")) put(field, `${begun ? "\n\n" : ""}${markdown}\n`);
}

const people = (editor) => editor.querySelector("[data-editor-people]");
const called = (field) => field.value.slice(0, field.selectionStart).match(/(?:^|\s)@([\p{L}\p{N}.-]{1,30})$/u);

async function suggest(editor) {
  const field = area(editor);
  const found = called(field);
  const list = people(editor);
  if (!found) return void (list.hidden = true);
  const answer = await fetch(`${editor.dataset.mentions}?${new URLSearchParams({ q: found[1] })}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || called(field)?.[1] !== found[1]) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  list.replaceChildren(...page.body.children);
  list.hidden = !list.children.length;
}

function call(editor, person) {
  const field = area(editor);
  const found = called(field);
  if (found) put(field, `${person.dataset.markdown} `, field.selectionStart - found[1].length - 1, field.selectionStart);
  people(editor).hidden = true;
}

// [data-quote="id of the field"]: what stands beside it in .c-md, or what of it is selected, goes into the field as a quote.
function quote(button) {
  const field = document.getElementById(button.dataset.quote);
  const source = button.closest("article").querySelector(".c-md");
  const selected = getSelection();
  const words = selected.toString().trim() && source.contains(selected.anchorNode) ? selected.toString() : source.innerText;
  const lines = `${button.dataset.quoteName}:\n${words.trim().slice(0, 2000)}`.replace(/^/gm, "> ");
  put(field, `${field.value.trim() ? "\n\n" : ""}${lines}\n\n`, field.value.length, field.value.length);
}

document.addEventListener("click", (event) => {
  const quoted = event.target.closest?.("[data-quote]");
  if (quoted) return quote(quoted);
  const editor = of(event.target);
  if (!editor) return;
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.md) wrap(area(editor), button.dataset.md);
  else if (button.dataset.mdLine) begin(area(editor), button.dataset.mdLine);
  else if ("mdLink" in button.dataset) link(area(editor));
  else if ("editorInsert" in button.dataset) put(area(editor), button.closest("[data-markdown]").dataset.markdown);
  else if ("editorPreview" in button.dataset) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    area(editor).hidden = on;
    editor.querySelector(".c-editor-shown").hidden = !on;
  } else if (button.parentElement === people(editor)) call(editor, button);
});
let waiting;
document.addEventListener("input", (event) => {
  const editor = of(event.target);
  if (!editor?.dataset.mentions || event.target !== area(editor)) return;
  clearTimeout(waiting);
  waiting = setTimeout(suggest, 200, editor);
});
document.addEventListener("keydown", (event) => {
  const editor = of(event.target);
  if (!editor) return;
  const list = people(editor);
  if (!list.hidden && event.key === "Escape") list.hidden = true;
  else if (!list.hidden && event.target === area(editor) && (event.key === "Enter" || event.key === "Tab")) call(editor, list.firstElementChild);
  else if (!list.hidden && event.key === "ArrowDown") (list.contains(event.target) ? event.target.nextElementSibling : list.firstElementChild)?.focus();
  else if (event.ctrlKey && event.key === "b") wrap(area(editor), "**");
  else if (event.ctrlKey && event.key === "i") wrap(area(editor), "_");
  else if (event.ctrlKey && event.key === "Enter") editor.closest("form")?.requestSubmit();
  else return;
  event.preventDefault();
});
document.addEventListener("change", (event) => {
  const editor = of(event.target);
  if (!editor?.dataset.upload || !("editorFiles" in event.target.dataset)) return;
  upload(editor, [...event.target.files]);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  const editor = of(event.target);
  if (!editor?.dataset.upload || !event.clipboardData.files.length) return;
  event.preventDefault();
  upload(editor, [...event.clipboardData.files]);
});
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const editor = of(event.target);
    if (!editor?.dataset.upload || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    editor.querySelector(".c-editor-box").classList.toggle("c-editor-over", name === "dragenter" || name === "dragover");
    if (name === "drop") upload(editor, [...event.dataTransfer.files]);
  });
}
function arrangeAll() {
  document.querySelectorAll("[data-editor]").forEach(arrange);
  for (const button of document.querySelectorAll("[data-quote]")) button.hidden = false;
}
arrangeAll();
document.addEventListener("htmx:afterSwap", arrangeAll);
