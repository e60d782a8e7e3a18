// [data-dialog="id"] opens <dialog id>; [data-dialog-close] inside closes it, as do Escape and a click beside it.
// The browser gives the focus back to what opened it; where that stood in a menu, which is closed by then, to the menu's button.
let menu = null;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    menu = opener.closest("details.c-menu");
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-dialog-close]"))) dialog.close();
});
document.addEventListener(
  "close",
  () => {
    menu?.querySelector("summary").focus();
    menu = null;
  },
  true, // it does not bubble
);
