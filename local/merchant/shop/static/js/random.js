const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"; // no letter that looks like another

// letters returns random letters and digits.
export function letters(count) {
  const random = crypto.getRandomValues(new Uint32Array(count));
  return Array.from(random, (number) => ALPHABET[number % ALPHABET.length]).join("");
}
