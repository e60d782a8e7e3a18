// [data-drop]: a field for a file that also takes it by drag and drop, names it and checks its size before it is sent.
// data-max: bytes; data-drop-submit: the form goes at once.
import { text } from "./texts.js";

const size = (bytes) => {
  const unit = bytes < 1024 * 1024 ? ["kilobyte", bytes / 1024] : ["megabyte", bytes / 1024 / 1024];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(unit[1]);
};

function show(zone, input) {
  const files = [...input.files];
  const label = zone.querySelector("[data-drop-name]");
  zone.classList.remove("c-drop-bad");
  input.setCustomValidity("");
  if (!files.length) return;
  const tooBig = files.find((file) => zone.dataset.max && file.size > Number(zone.dataset.max));
  if (tooBig) {
    const message = text("fileTooBig").replace("{max}", size(Number(zone.dataset.max)));
    input.setCustomValidity(message);
    zone.classList.add("c-drop-bad");
    if (label) label.textContent = `${tooBig.name}, ${size(tooBig.size)}. ${message}`;
    return;
  }
  if (label) label.textContent = files.map((file) => `${file.name}, ${size(file.size)}`).join("; ");
  if ("dropSubmit" in zone.dataset) input.form.requestSubmit();
}

document.addEventListener("change", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone && event.target.type === "file") show(zone, event.target);
});
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("c-drop-over", name === "dragenter" || name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector('input[type="file"]');
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
