// Problems shown where they belong: the API names a bad field by its JSON pointer.
import { byId, el } from "./dom.js";

const inputs = {
  "/customer": "email",
  "/customer/name": "name",
  "/customer/email": "email",
  "/customer/phone": "phone",
  "/override_configuration/themes/language": "language",
};

const inputFor = (pointer) => inputs[pointer.replace(/^#/, "")];

export function clearProblems() {
  byId("problem").hidden = true;
  byId("problem").replaceChildren();
  for (const id of new Set(Object.values(inputs))) {
    byId(id).removeAttribute("aria-invalid");
    byId(id).removeAttribute("aria-describedby");
    byId(`${id}-error`).textContent = "";
  }
}

// showProblems puts each of the errors ([{pointer, detail}]) beside its field, and what has no field into one box, which
// says the sentence when there are no errors at all. It moves the focus to the first of them.
export function showProblems(sentence, errors = []) {
  clearProblems();
  const homeless = errors.filter((error) => !mark(error)).map(({ detail, pointer }) => (pointer ? `${detail} (${pointer})` : detail));
  const first = byId("form").querySelector("[aria-invalid]");
  const box = byId("problem");
  if (homeless.length || !first) {
    box.replaceChildren(el("p", {}, sentence), homeless.length ? el("ul", {}, ...homeless.map((detail) => el("li", {}, detail))) : "");
    box.hidden = false;
  }
  first?.focus();
}

function mark({ pointer, detail }) {
  const id = inputFor(pointer ?? "");
  if (!id) return false;
  const place = byId(`${id}-error`);
  place.textContent = place.textContent ? `${place.textContent} ${detail}` : detail;
  byId(id).setAttribute("aria-invalid", "true");
  byId(id).setAttribute("aria-describedby", place.id);
  return true;
}
