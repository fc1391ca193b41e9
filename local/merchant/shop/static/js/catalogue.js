const answer = await fetch("/catalogue.json");

export const products = await answer.json();

const byID = new Map(products.map((product) => [product.id, product]));

// product finds what the shop sells by its id, or undefined when it is not sold any more.
export const product = (id) => byID.get(id);
