// [data-copy="id"] puts the value of a field (or the text of an element) on the clipboard and says so.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast(text("copied"));
  } catch {
    source.select?.(); // no right to the clipboard, as on plain http: the text is at least selected
  }
});
