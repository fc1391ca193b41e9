// A person's action on an order, with a note of the reason. It may be sent again: the API does it once.
import { el, say } from "./dom.js";

// noted returns act(button, send). It reads the note from the field, calls send(note), and passes the returned order to
// done. Problems of the note are shown in wrong, all others in problem.
export function noted({ field, wrong, problem, required }, done) {
  let busy = false;

  function complain(detail) {
    say(wrong, detail);
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", wrong.id]]) {
      if (detail) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
    if (detail) field.focus();
  }

  function show(sentence) {
    problem.hidden = !sentence;
    problem.replaceChildren(sentence ? el("p", {}, sentence) : "");
  }

  return async function act(button, send) {
    if (busy) return;
    const note = field.value.trim();
    complain(required && !note ? "Please say why, for those who read it later." : "");
    if (required && !note) return;
    busy = true;
    button.setAttribute("aria-disabled", "true");
    show("");
    try {
      const { data } = await send(note);
      field.value = "";
      done(data);
    } catch (error) {
      const atNote = (error.errors ?? []).filter(({ pointer }) => pointer === "/note");
      const others = (error.errors ?? []).filter(({ pointer }) => pointer !== "/note");
      if (atNote.length) complain(atNote.map(({ detail }) => detail).join(" "));
      if (others.length || !atNote.length) show(others.map(({ detail }) => detail).join(" ") || error.message);
    }
    busy = false;
    button.removeAttribute("aria-disabled");
  };
}
