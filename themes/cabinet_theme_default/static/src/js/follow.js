// A link with data-follow that an htmx answer brings is followed at once: the person was waiting for what it leads to.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const link = target.parentElement?.querySelector("a[data-follow]");
  if (link) location.assign(link.href);
});
