// A site of files has no endpoint, and so no form: there the editor stays away.
if (document.getElementById("sparql")) {
  import("./query-editor.js");
}
