// Fonts. On screen: Inter with its optical size, in pieces that the browser loads as letters ask for them. In PDF: Noto Sans
// (SIL Open Font Licence), whose digits have one width, so that sums stand under each other; DejaVu for signs it lacks.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import subsetFont from "subset-font";

const INTER = "node_modules/@fontsource-variable/inter";
const CACHE = "node_modules/.cache/cabinet";
const PIECES = ["latin", "cyrillic", "cyrillic-ext", "latin-ext"];
const CURRENCIES = [0x20a0, 0x20c0]; // ₽ and its kin: in Inter they lie in the rarely used latin-ext, 130 KB

const PDF_FONTS = {
  "NotoSans_400Regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  "NotoSans_600SemiBold.ttf": "@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf",
  "DejaVuSans.ttf": "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
  "LICENSE-NotoSans.txt": "@expo-google-fonts/noto-sans/LICENSE_FONT",
  "LICENSE-DejaVu.txt": "dejavu-fonts-ttf/LICENSE",
};

const face = (file, range) => `@font-face{font-family:"Inter Variable";font-style:normal;font-display:swap;font-weight:100 900;src:url("./${file}") format("woff2-variations");unicode-range:${range}}`;

const isCurrency = (part) => /^U\+20[ABC]/.test(part);

export async function webFonts(root) {
  const ranges = JSON.parse(await readFile(join(root, INTER, "unicode.json"), "utf8"));
  const faces = PIECES.map((piece) => {
    const range = ranges[piece].split(",").filter((part) => piece === "latin" || !isCurrency(part)).join(",");
    return face(`${INTER}/files/inter-${piece}-opsz-normal.woff2`, range);
  });
  const signs = Array.from({ length: CURRENCIES[1] - CURRENCIES[0] + 1 }, (_, i) => String.fromCodePoint(CURRENCIES[0] + i)).join("");
  const whole = await readFile(join(root, INTER, "files/inter-latin-ext-opsz-normal.woff2"));
  await mkdir(join(root, CACHE), { recursive: true });
  await writeFile(join(root, CACHE, "inter-currency.woff2"), await subsetFont(whole, signs, { targetFormat: "woff2" }));
  return [...faces, face(`${CACHE}/inter-currency.woff2`, "U+20A0-20AB,U+20AD-20C0")].join("\n");
}

export async function copyPdfFonts(root, target) {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [name, file] of Object.entries(PDF_FONTS)) await copyFile(join(root, "node_modules", file), join(target, name));
  return Object.keys(PDF_FONTS).filter((name) => name.endsWith(".ttf"));
}
