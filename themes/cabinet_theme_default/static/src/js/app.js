// Everything a page does beyond what HTML does. Each file owns one thing and wires it by delegation on the document, so
// that what htmx brings later works as well. The main acts work without any of this.
import htmx from "htmx.org/dist/htmx.esm.js";
import "./charts-when-needed.js";
import "./copy.js";
import "./dialog.js";
import "./drawer.js";
import "./drop.js";
import "./editor.js";
import "./fold.js";
import "./follow.js";
import "./keys.js";
import "./lines.js";
import "./menu.js";
import "./phone-menu.js";
import "./requests.js";
import "./submit-once.js";
import "./theme-toggle.js";
import "./toasts.js";
import "./unsaved.js";

// Set here as well as in the page's meta: a page that forgets it must not make htmx write styles or evaluate text.
Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, selfRequestsOnly: true, allowScriptTags: false });
