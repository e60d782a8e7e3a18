// Icons: a class per icon that is named somewhere, as a mask in the colour of the text. `<i class="ti ti-home">` needs
// neither a request nor a script, and a data: mask is all it asks of the content security policy.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const STROKE = "1.5"; // Tabler's thin drawing; 2 is its default

const NAMED = [/\bti ti-([a-z0-9-]*[a-z0-9])(?![a-z0-9$-])/g, /\bicon\s*[=:]?\s*['"]([a-z0-9-]+)['"]/g];
const QUOTED = /['"]([a-z0-9]+(?:-[a-z0-9]+)*)['"]/g;
const CONTRIBUTES = /\b(?:MenuItem|SearchHit)\(/;

async function draw(root, name) {
  const filled = name.endsWith("-filled");
  const file = filled ? join("filled", `${name.slice(0, -"-filled".length)}.svg`) : join("outline", `${name}.svg`);
  let svg;
  try {
    svg = await readFile(join(root, "node_modules/@tabler/icons/icons", file), "utf8");
  } catch {
    return null;
  }
  return svg
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "")
    .replace(/\s(?:class|width|height)="[^"]*"/g, "")
    .replace(/stroke-width="2"/, `stroke-width="${STROKE}"`)
    .replace(/currentColor/g, "#000")
    .replace(/<!--.*?-->/gs, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/> </g, "><")
    .trim();
}

const asUrl = (svg) => `data:image/svg+xml,${svg.replace(/"/g, "'").replace(/#/g, "%23").replace(/</g, "%3C").replace(/>/g, "%3E")}`;

export async function iconStyles(root, sources) {
  const wanted = new Map(); // name → where it is named
  for (const { path, text } of sources) {
    for (const pattern of NAMED) for (const [, name] of text.matchAll(pattern)) wanted.set(name, path);
  }
  const offered = (await readFile(join(root, "static/src/icons.txt"), "utf8")).split("\n").map((line) => line.trim());
  for (const name of offered) if (name && !name.startsWith("#")) wanted.set(name, "static/src/icons.txt");

  const rules = new Map();
  for (const [name, path] of wanted) {
    const svg = await draw(root, name);
    if (!svg) throw new Error(`there is no icon "${name}" in Tabler; it is named in ${path}`);
    rules.set(name, svg);
  }
  // A menu item may name its icon by place, without a keyword: whatever is quoted there and is an icon counts.
  for (const { path, text } of sources) {
    if (!path.endsWith(".py") || !CONTRIBUTES.test(text)) continue;
    for (const [, name] of text.matchAll(QUOTED)) {
      if (rules.has(name)) continue;
      const svg = await draw(root, name);
      if (svg) rules.set(name, svg);
    }
  }
  return [...rules].sort().map(([name, svg]) => `.ti-${name}{--ti:url("${asUrl(svg)}")}`).join("\n");
}
