// What every htmx request owes: the token of the session with each change, and a word when it fails.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && detail.verb !== "get") detail.headers["X-CSRF-Token"] = token;
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  const { status } = detail.xhr;
  const incident = detail.xhr.getResponseHeader("X-Incident");
  const message = status === 401 || status === 403 ? text("notAllowed") : status === 404 ? text("gone") : text("failed");
  toast(incident ? `${message} ${incident}` : message, { tone: "bad" });
});
document.addEventListener("htmx:sendError", () => toast(text("offline"), { tone: "bad" }));
