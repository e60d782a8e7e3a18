// Tabler without what the product does not offer: a tenth of its 600 KB. Kept are the classes that our templates use
// and those promised to authors of modules (below), whose templates are not here when the theme is built.
import { PurgeCSS } from "purgecss";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PROMISED = [
  /^(container|row|col)(-(auto|\d+|(sm|md|lg|xl)(-(auto|\d+))?))?$/,
  /^(d|flex|justify-content|align-items|align-self|order|float)-((sm|md|lg|xl|print)-)?[a-z0-9-]+$/,
  /^(m|p)[tbsexy]?-((sm|md|lg|xl)-)?(n?\d+|auto)$/,
  /^(g|gx|gy|gap)-\d+$/,
  /^(w|h|mw|mh|vh|vw)-(\d+|auto)$/,
  /^text-(start|end|center|muted|secondary|danger|success|warning|primary|body|reset|wrap|nowrap|break|truncate|uppercase|decoration-none)$/,
  /^(fw|lh)-[a-z]+$/,
  /^(border|border-(top|end|bottom|start)|border-0|rounded|rounded-[0-3]|overflow-(auto|hidden)|position-(relative|absolute|sticky))(-0)?$/,
  /^(visually-hidden|stretched-link|list-unstyled|list-inline)/,
  /^btn(-(primary|secondary|danger|link|sm|lg|icon|list|group|close))?$/,
  /^card(-(header|body|footer|title|subtitle|actions|table|options|sm|md|lg))?$/,
  /^table(-(sm|responsive|vcenter|nowrap|hover))?$/,
  /^(form-(control|select|label|hint|check|switch|text|fieldset|range)|input-group|invalid-feedback|is-invalid|was-validated)/,
  /^(badge|alert|alert-(info|success|warning|danger)|progress|progress-bar|spinner-border|placeholder)(-sm)?$/,
  /^(nav|nav-tabs|nav-link|nav-item|list-group|list-group-item|breadcrumb|breadcrumb-item|active|disabled|show)$/,
  /^(modal|dropdown)/,
];

// Tabler writes these where no template can be seen to use them.
const KEPT_VARIABLES = /^--tblr-/;

export async function tablerStyles(root, sources) {
  const css = await readFile(join(root, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8");
  const [result] = await new PurgeCSS().purge({
    css: [{ raw: css }],
    content: sources.filter(({ path }) => !path.endsWith(".py")).map(({ text }) => ({ raw: text, extension: "html" })),
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: { standard: PROMISED, variables: [KEPT_VARIABLES] },
    keyframes: true,
    fontFace: true,
  });
  return result.css.replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
}
