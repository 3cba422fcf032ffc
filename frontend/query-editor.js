// The query editor (YASQE, of YASGUI) over the form that the server wrote. The answer is the server's page, too: the same table,
// links, words and downloads as without a script. Nothing is asked of others: prefixes and terms come from /sparql/terms.json.
import Yasqe from "@triply/yasqe";
import "@triply/yasqe/build/yasqe.min.css";

const LONGEST_ADDRESS = 6000; // beyond, a query is sent as a form: servers and proxies refuse longer addresses
const form = document.getElementById("sparql");
const field = document.getElementById("query");
const words = form.dataset;
const tablist = document.getElementById("tabs");
const running = document.getElementById("running");

const offered = await fetch(words.terms, { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
const known = offered ?? { prefixes: {}, classes: [], properties: [], questions: [] };
const spaces = Object.entries(known.prefixes).sort((one, two) => two[1].length - one[1].length);

const short = (iri) => {
  const [prefix, space] = spaces.find(([, each]) => iri.startsWith(each)) ?? [];
  return space ? `${prefix}:${iri.slice(space.length)}` : `<${iri}>`;
};

// A term fits by the beginning of its prefixed name or IRI, or behind a prefix, by a part of its name or of its label.
function completer(base, name, terms) {
  const all = terms.map(([iri, label]) => ({ iri, label, short: short(iri), plain: `${iri.replace(/.*[#/]/, "")} ${label}`.toLowerCase() }));
  const of = new Map(all.map((each) => [each.short, each]));
  Yasqe.forkAutocompleter(base, {
    name,
    bulk: false,
    autoShow: true,
    get(_, token) {
      const typed = token.string.trim().replace(/^</, "");
      const part = typed.replace(/^[a-z-]*:/, "").toLowerCase();
      const own = all.filter((each) => each.short.startsWith(typed) || each.iri.startsWith(typed));
      return (own.length ? own : part.length > 1 && part !== typed.toLowerCase() ? all.filter((each) => each.plain.includes(part)).sort((one, two) => one.label.length - two.label.length) : []).map((each) => each.short);
    },
    preProcessToken: (_, token) => token,
    postProcessSuggestion: (_, __, text) => text,
    postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, displayText: of.get(hint.text)?.label ? `${hint.text}  ${of.get(hint.text).label}` : hint.text })),
  }, false);
}

completer("class", "levikki-classes", known.classes);
completer("property", "levikki-properties", known.properties);
Yasqe.forkAutocompleter("prefixes", {
  name: "levikki-prefixes",
  persistenceId: null,
  get: () => Object.entries(known.prefixes).map(([prefix, space]) => `${prefix}: <${space}>`).sort(),
}, false);

const place = document.createElement("div");
place.id = "editor";
field.before(place);
const editor = new Yasqe(place, {
  value: field.value,
  autocompleters: ["variables", "levikki-prefixes", "levikki-classes", "levikki-properties"],
  persistenceId: null,
  consumeShareLink: null,
  showQueryButton: false,
  resizeable: false,
  lineWrapping: true,
  editorHeight: "auto", // the whole query is seen, and nothing scrolls inside the page
  viewportMargin: Infinity,
  prefixCcApi: "",
  extraKeys: {
    ...Yasqe.defaults.extraKeys,
    Tab: false, // it leaves the editor, as everywhere else
    "Shift-Tab": false,
    "Ctrl-Enter": () => form.requestSubmit(),
    "Cmd-Enter": () => form.requestSubmit(),
    "Ctrl-S": () => false,
  },
});
editor.showNotification = () => {}; // in English, and said on the page
for (const button of place.querySelectorAll(".yasqe_buttons")) button.remove(); // sharing: the address does it
field.hidden = true;
field.required = false; // a browser cannot point at a field that is not seen
const input = editor.getInputField();
input.setAttribute("aria-labelledby", "query-label");
input.setAttribute("aria-describedby", "editor-help");
document.getElementById("editor-help").hidden = false;
document.getElementById("query-label").addEventListener("click", () => editor.focus());
editor.on("change", () => { field.value = editor.getValue(); });

// ---- tabs: a query of one's own, and the questions ----

const tabs = [{ title: words.own, value: field.value }, ...known.questions.map(({ title, query }) => ({ title, value: query }))];
let open = 0;

function select(index, focus = true) {
  tabs[open].value = editor.getValue();
  open = index;
  [...tablist.children].forEach((each, at) => {
    each.setAttribute("aria-selected", String(at === index));
    each.tabIndex = at === index ? 0 : -1;
  });
  if (focus) tablist.children[index].focus();
  editor.setValue(tabs[index].value);
}

tabs.forEach(({ title }, index) => {
  const tab = Object.assign(document.createElement("button"), { type: "button", id: `tab-${index}`, textContent: title });
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", "editor-panel");
  tab.addEventListener("click", () => select(index));
  tablist.append(tab);
});
tablist.addEventListener("keydown", ({ key }) => {
  const to = { ArrowRight: open + 1, ArrowLeft: open - 1, Home: 0, End: tabs.length - 1 }[key];
  if (to !== undefined) select((to + tabs.length) % tabs.length);
});
tablist.hidden = tabs.length < 2;
select(0, false);

// ---- running a query: the answer comes in the page, and the address is the query ----

let latest = 0;

async function run(query, keep) {
  const mine = ++latest;
  const asked = new URLSearchParams(new FormData(form));
  asked.set("query", query);
  const address = `${form.action}?${asked}`;
  const long = address.length > LONGEST_ADDRESS;
  running.textContent = words.running;
  const answer = await fetch(long ? form.action : address, { method: long ? "POST" : "GET", body: long ? asked : undefined, headers: { Accept: "text/html" } }).catch(() => null);
  if (mine !== latest) return;
  running.textContent = long ? words.tooLong : "";
  const fresh = answer && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("answer");
  if (!fresh) { running.textContent = words.failed; return; }
  const shown = document.adoptNode(fresh);
  document.getElementById("answer").replaceWith(shown);
  if (keep && !long) history.pushState({ query }, "", address);
  shown.tabIndex = -1;
  shown.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (editor.getValue().trim()) run(editor.getValue(), true);
});
addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search).get("query");
  if (query) { editor.setValue(query); run(query, false); }
});
form.dataset.ready = "";
form.editor = editor;
