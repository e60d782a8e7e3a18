// [data-theme-toggle] switches light and dark and remembers it in a cookie, which the server reads into <html>.
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = theme;
  root.dataset.themeChosen = "yes";
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `cabinet_theme=${theme}; path=${root.dataset.path || "/"}; max-age=${YEAR}; samesite=lax${secure}`;
  document.dispatchEvent(new CustomEvent("theme:changed"));
});
