const answer = await fetch("/catalogue.json");

export const products = await answer.json();

const byID = new Map(products.map((product) => [product.id, product]));

// product returns the product with an id, or undefined if it is not sold any more.
export const product = (id) => byID.get(id);
