// Builds the theme: static/src → static/dist with hashed names and manifest.json, and the fonts of PDF documents
// → core/cabinet/pdf/fonts. Run as `node build.mjs` after `npm ci`; `make assets` does both.
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { copyPdfFonts, webFonts } from "./tools/fonts.mjs";
import { iconStyles } from "./tools/icons.mjs";
import { readSources } from "./tools/sources.mjs";
import { tablerStyles } from "./tools/tabler.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const repo = join(here, "../..");
const src = join(here, "static/src");
const dist = join(here, "static/dist");

const ENTRIES = ["css/app.css", "js/app.js", "js/theme.js", "favicon.svg"];

// What the style sheet imports as cabinet:… is made here rather than read from a file.
function made(parts) {
  return {
    name: "made",
    setup(build) {
      build.onResolve({ filter: /^cabinet:/ }, (args) => ({ path: args.path.slice("cabinet:".length), namespace: "made" }));
      build.onLoad({ filter: /.*/, namespace: "made" }, (args) => ({ contents: parts[args.path], loader: "css", resolveDir: here }));
    },
  };
}

async function bundle(outdir) {
  const sources = await readSources(repo, here);
  const parts = { tabler: await tablerStyles(here, sources), icons: await iconStyles(here, sources), fonts: await webFonts(here) };
  return esbuild.build({
    absWorkingDir: here,
    entryPoints: ENTRIES.map((name) => join(src, name)),
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".svg": "copy" },
    target: ["chrome123", "firefox120", "safari17.5"],
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    plugins: [made(parts)],
  });
}

function manifestOf(metafile) {
  const manifest = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(file);
  }
  const missing = ENTRIES.map((name) => basename(name)).filter((name) => !manifest[name]);
  if (missing.length) throw new Error(`not built: ${missing.join(", ")}`);
  return manifest;
}

// The new build takes the old one's place when it is whole: a failed one leaves the old in force.
const next = `${dist}.next`;
await rm(next, { recursive: true, force: true });
await mkdir(next, { recursive: true });
const { metafile } = await bundle(next);
await writeFile(join(next, "manifest.json"), `${JSON.stringify(manifestOf(metafile), null, 2)}\n`);
await rm(dist, { recursive: true, force: true });
await rename(next, dist);
const fonts = await copyPdfFonts(here, join(repo, "core/cabinet/pdf/fonts"));

console.log(`${relative(repo, dist)}: ${(await readdir(dist)).length} files; core/cabinet/pdf/fonts: ${fonts.join(", ")}`);
