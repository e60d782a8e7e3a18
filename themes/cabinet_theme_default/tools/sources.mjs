// The texts in which classes and icons are named: templates of the core and of the modules, their Python, our scripts.
import { readFile, readdir } from "node:fs/promises";
import { extname, join } from "node:path";

const SKIP = new Set(["node_modules", "dist", "locale", "migrations", "__pycache__"]);

async function* walk(folder, kinds) {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return; // a theme is also built where some of the folders do not exist
    throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIP.has(entry.name)) yield* walk(path, kinds);
    } else if (kinds.has(extname(entry.name))) yield path;
  }
}

export async function readSources(repo, theme) {
  const found = [];
  for (const [folder, kinds] of [
    [join(repo, "core"), [".pt", ".py"]],
    [join(repo, "modules"), [".pt", ".py"]],
    [join(theme, "templates"), [".pt"]],
    [join(theme, "static/src/js"), [".js"]],
  ]) {
    for await (const path of walk(folder, new Set(kinds))) found.push({ path, text: await readFile(path, "utf8") });
  }
  return found;
}
