import { answered } from "./answered.js";
import { KasirError } from "./error.js";

/** Token returns a bearer token. refused is a token that kasir has just refused, so that another one is needed. */
export type Token = (refused?: string) => string | Promise<string>;

/** Credentials are those of a back end at the token issuer. */
export interface Credentials {
  /** url is the issuer's token endpoint. */
  url: string;
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  /** scope has scopes separated by spaces. If it is left out, the issuer decides. */
  scope?: string | undefined;
}

interface Kept {
  text: string;
  end: number; // in milliseconds since 1970; shortly before the token's own end
}

/**
 * clientCredentials returns a Token by OAuth's client credentials. It keeps the token until shortly before its end. It has
 * at most one request to the issuer at a time.
 */
export function clientCredentials(credentials: Credentials): Token {
  let kept: Promise<Kept> | undefined;
  const renew = () => {
    const asked = issue(credentials);
    asked.catch(() => {
      if (kept === asked) kept = undefined; // the next call asks again
    });
    return (kept = asked);
  };
  return async (refused) => {
    const seen = kept ?? renew();
    const { text, end } = await seen;
    if (text !== refused && Date.now() < end) return text;
    const next = kept === seen || !kept ? renew() : kept; // another call may have renewed it
    return (await next).text;
  };
}

async function issue({ url, clientId, clientSecret, scope }: Credentials): Promise<Kept> {
  const body = new URLSearchParams({ grant_type: "client_credentials" });
  if (scope !== undefined) body.set("scope", scope);
  const headers = new Headers();
  if (clientSecret) {
    const pair = [clientId, clientSecret].map((part) => encodeURIComponent(part ?? "")).join(":");
    headers.set("authorization", `Basic ${btoa(pair)}`);
  } else if (clientId) {
    body.set("client_id", clientId);
  }
  const started = Date.now();
  const response = await answered(async () => new Request(url, { method: "POST", headers, body }), 20_000);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || typeof answer.access_token !== "string") {
    const reason = [answer.error, answer.error_description].filter((text) => typeof text === "string").join(": ");
    throw new KasirError(`${url} answered ${response.status} without a token. ${reason}`.trim(), { status: response.status });
  }
  const lifetime = Number(answer.expires_in ?? 60); // seconds
  return { text: answer.access_token, end: started + 1000 * (lifetime - Math.min(60, lifetime / 10)) };
}
