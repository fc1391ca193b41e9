// This module shows a problem next to its field: the API names a bad field by its JSON pointer.
import { byId, el } from "./dom.js";

// problemsOf connects a form's inputs to the pointers of its request ({pointer: input id}; each input has an
// "<id>-error" next to it). Problems without an input go to the box with the given id.
export function problemsOf(inputs, boxID) {
  const box = byId(boxID);
  const ids = [...new Set(Object.values(inputs))];

  function clear() {
    box.hidden = true;
    box.replaceChildren();
    for (const id of ids) {
      byId(id).removeAttribute("aria-invalid");
      byId(id).removeAttribute("aria-describedby");
      byId(`${id}-error`).textContent = "";
    }
  }

  // show puts each of the errors ([{pointer, detail}]) next to its input, and the others into the box. Without errors
  // the box shows the sentence. It moves the focus to the first of the inputs.
  function show(sentence, errors = []) {
    clear();
    const homeless = errors.filter((error) => !mark(error)).map(({ detail, pointer }) => (pointer ? `${detail} (${pointer})` : detail));
    const first = ids.map(byId).find((input) => input.hasAttribute("aria-invalid"));
    if (homeless.length || !first) {
      box.replaceChildren(el("p", {}, sentence), homeless.length ? el("ul", {}, ...homeless.map((detail) => el("li", {}, detail))) : "");
      box.hidden = false;
    }
    first?.focus();
  }

  function mark({ pointer, detail }) {
    const id = inputs[(pointer ?? "").replace(/^#/, "")];
    if (!id || byId(id).closest("[hidden]")) return false;
    const place = byId(`${id}-error`);
    place.textContent = place.textContent ? `${place.textContent} ${detail}` : detail;
    byId(id).setAttribute("aria-invalid", "true");
    byId(id).setAttribute("aria-describedby", place.id);
    return true;
  }

  return { clear, show };
}
