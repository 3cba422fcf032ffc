// Go on to the page in the reader's language. Without this script the page's three links do the same.
const pages = new Map([...document.querySelectorAll("a[hreflang]")].map((link) => [link.hreflang, link.href]));
const wanted = navigator.languages.map((tag) => tag.split("-")[0].toLowerCase()).find((tag) => pages.has(tag));
location.replace(pages.get(wanted ?? "fi") + location.hash);
