// For back ends: these need a key that no browser may have.
export { quote, type Terms } from "./quote.js";
export { verifyWebhook, WebhookError, type KasirEvent } from "./webhook.js";
