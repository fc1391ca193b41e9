// byId returns an element that the page always has.
export const byId = (id) => document.getElementById(id);

// el builds an element. Children that are strings become text, so data never becomes markup.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

// icon draws one of /img/icons.svg, hidden from screen readers.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/img/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

// say sets the text of an element unless it is unchanged, so that a live region is read out once.
export function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

// webAddress returns the address if it is http or https, else null: an answer must not choose another scheme.
export function webAddress(address) {
  try {
    return /^https?:$/.test(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}

// ready shows a page that was invisible until its script had filled it, so that nothing moves.
export function ready() {
  byId("main").removeAttribute("data-loading");
}
