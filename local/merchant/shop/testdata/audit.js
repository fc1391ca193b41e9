// audit lists what a person with a small screen, a keyboard, a screen reader or weak eyes would trip over.
(() => {
  const faults = [];
  const name = (node) => node.getAttribute("aria-label") || node.innerText?.trim() || node.getAttribute("title") ||
    [...(node.labels ?? [])].map((label) => label.innerText).join() || node.querySelector("img[alt]:not([alt=''])")?.alt;
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && node.getClientRects().length > 0;
  const where = (node) => `<${node.localName} id="${node.id}" class="${node.className}"> ${(node.innerText ?? "").slice(0, 40)}`;

  if (document.documentElement.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${innerWidth}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (new Set([...document.querySelectorAll("[id]")].map((node) => node.id)).size !== document.querySelectorAll("[id]").length) faults.push("an id twice");
  for (const image of document.images) if (!image.hasAttribute("alt")) faults.push(`no alt: ${image.src}`);
  for (const image of document.images) if (image.complete && image.naturalWidth === 0) faults.push(`no picture: ${image.src}`);
  for (const node of document.querySelectorAll("a, button, input, select, iframe, summary")) {
    if (!shown(node) && node.type !== "checkbox") continue;
    if (!name(node)) faults.push(`no name: ${where(node)}`);
    const box = node.getBoundingClientRect();
    const inText = node.localName === "a" && getComputedStyle(node).display === "inline";
    if (shown(node) && !inText && (box.height < 24 || box.width < 24)) faults.push(`too small to hit: ${where(node)} ${box.width}×${box.height}`);
  }

  const parse = (color) => { const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
  const over = (top, below) => top.rgb.map((part, i) => part * top.a + below[i] * (1 - top.a));
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const color = parse(getComputedStyle(node).backgroundColor);
    return color.a === 1 ? color.rgb : over(color, behind(node.parentElement));
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.textContent.trim() || !shown(node) || node.closest(":disabled, [aria-disabled], fieldset:disabled, noscript, script")) continue;
    const style = getComputedStyle(node);
    const back = behind(node);
    const [a, b] = [light(over(parse(style.color), back)), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${where(node)}`);
  }
  return faults;
})()
