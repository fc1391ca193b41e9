export { KasirError, type Problem } from "./error.js";
export { Kasir, type Options, type Page, type PageRequest, type Payment, type PaymentRecord, type Refunded, type SavedCard } from "./kasir.js";
export { clientCredentials, type Credentials, type Token } from "./token.js";
export type { components, operations, paths } from "./api.js";
