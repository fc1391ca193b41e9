// Signing in by OpenID Connect: code flow with PKCE, state and nonce. Tokens are kept in memory only.
import * as oauth from "oauth4webapi";
import type { Config } from "./config.ts";
import { belongTo, forgetDrafts } from "./draft.ts";
import { known } from "./i18n/index.ts";
import { here, hrefOf } from "./router.ts";

export interface Person {
  name: string;
  subject: string; // sub of the token
  roles: string[];
  scopes: Set<string>; // that both the token and the roles allow
  maxRefund: number; // whole rupiah for all refunds of an order; 0 means no limit
}

interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  back: string;
}

const pendingKey = "kasir.sign-in";
const hintKey = "kasir.login-hint";

/** signedOut is the path on which nobody is signed in again by himself. */
export const signedOut = "/signed-out";

let config: Config;
let server: oauth.AuthorizationServer;
let client: oauth.Client;
let access = "";
let refresh = "";
let signedInAt = 0;
let renewing: Promise<boolean> | undefined;
let person: Person = { name: "", subject: "", roles: [], scopes: new Set(), maxRefund: 0 };

let tabs: BroadcastChannel | undefined; // of this browser, which sign out together

const redirectUri = () => location.origin + config.path;

export const token = (): string => access;
export const who = (): Person => person;
export const can = (scope: string): boolean => person.scopes.has(scope);
/** rolesWith names the roles that have a scope. */
export const rolesWith = (scope: string): string =>
  Object.entries(config.roles)
    .filter(([, role]) => role.scopes.includes(scope))
    .map(([name]) => known(`role.${name}`) ?? name)
    .join(", ");
export const settings = (): Config => config;

/** begin returns true when a person is signed in. Otherwise the browser is on its way to the sign-in, or stays signed out. */
export async function begin(c: Config): Promise<boolean> {
  config = c;
  tabs = new BroadcastChannel("kasir.sign-out");
  tabs.onmessage = () => {
    if (!access) return;
    forget();
    location.assign(hrefOf(signedOut));
  };
  const absolute = (address: string) => new URL(address, location.origin).href; // on one machine they are paths
  server = { issuer: c.issuer, authorization_endpoint: absolute(c.authorize), token_endpoint: absolute(c.token) };
  client = { client_id: c.client_id };
  const { path, query } = here();
  if (path === signedOut) return false;
  if (query.has("state") && (query.has("code") || query.has("error"))) return finish();
  await signIn();
  return false;
}

/** signIn sends the browser to the sign-in, and comes back to the address where it is now. */
export async function signIn(): Promise<void> {
  const { path, query } = here();
  const hint = query.get("login_hint") ?? sessionStorage.getItem(hintKey);
  if (hint) sessionStorage.setItem(hintKey, hint);
  query.delete("login_hint");
  const back = path === signedOut || query.has("state") ? hrefOf("/") : hrefOf(path, query);
  const pending: Pending = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    back,
  };
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
  const url = new URL(config.authorize, location.href);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: config.client_id,
    redirect_uri: redirectUri(),
    scope: config.scopes.join(" "),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge_method: "S256",
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    ...(hint && { login_hint: hint }),
    ...(config.audience && { audience: config.audience }),
  }).toString();
  location.replace(url); // the back button leads to where the person was before
}

/** finish exchanges the code of the sign-in for tokens, and returns to the address from before. */
async function finish(): Promise<boolean> {
  const pending = JSON.parse(sessionStorage.getItem(pendingKey) ?? "null") as Pending | null;
  sessionStorage.removeItem(pendingKey);
  if (!pending) {
    // such as the back button after a sign-in
    await signIn();
    return false;
  }
  const parameters = oauth.validateAuthResponse(server, client, new URL(location.href), pending.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    pending.verifier,
    insecure(),
  );
  keep(
    await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: pending.nonce, requireIdToken: true }),
  );
  history.replaceState(null, "", pending.back);
  return true;
}

/** renew gets new tokens without leaving the page. It returns false if the issuer gave no refresh token, or refuses it. */
export function renew(): Promise<boolean> {
  renewing ??= (async () => {
    if (!refresh) return false;
    try {
      const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh, insecure());
      keep(await oauth.processRefreshTokenResponse(server, client, answer));
      return true;
    } catch {
      refresh = "";
      return false;
    }
  })().finally(() => (renewing = undefined));
  return renewing;
}

/** justSignedIn reports whether another sign-in would most probably lead to the same refusal. */
export const justSignedIn = (): boolean => Date.now() - signedInAt < 20_000;

function forget(): void {
  access = refresh = "";
  forgetDrafts();
}

/** signOut signs the person out of every tab of this browser. */
export function signOut(): void {
  forget();
  tabs?.postMessage("");
  if (!config.logout) return location.assign(hrefOf(signedOut));
  const url = new URL(config.logout, location.href);
  url.searchParams.set("client_id", config.client_id);
  url.searchParams.set(config.logout_return, redirectUri());
  location.assign(url);
}

// Plain HTTP is for one machine only.
function insecure(): { [oauth.allowInsecureRequests]: boolean } {
  const url = new URL(config.token, location.href);
  return { [oauth.allowInsecureRequests]: ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname) };
}

function keep(tokens: oauth.TokenEndpointResponse): void {
  access = tokens.access_token;
  refresh = tokens.refresh_token ?? refresh;
  signedInAt = Date.now();
  person = read(claimsOf(access), config);
  belongTo(person.subject);
}

// The API checks the token. The console reads it only to show what its owner may do.
function claimsOf(jwt: string): Record<string, unknown> {
  try {
    const part = (jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** read finds out what a token allows, by the rules of docs/access.md. */
export function read(claims: Record<string, unknown>, c: Pick<Config, "roles" | "roles_claim" | "scope_prefix">): Person {
  const words = (claim: unknown): string[] =>
    Array.isArray(claim) ? claim.map(String) : typeof claim === "string" ? claim.split(" ") : [];
  const prefix = c.scope_prefix ?? "";
  const granted = words(claims.scope ?? claims.scp)
    .filter((s) => s.startsWith(prefix))
    .map((s) => s.slice(prefix.length));
  const roles = words(claims[c.roles_claim]).filter((name) => Object.hasOwn(c.roles, name));
  const held = roles.map((name) => c.roles[name]!);
  const scopes = new Set(granted.filter((scope) => held.some((role) => role.scopes.includes(scope))));
  const limits = held.filter((role) => role.scopes.includes("payments:refund")).map((role) => role.max_refund ?? 0);
  const name = claims.username ?? claims.preferred_username ?? claims.sub ?? "";
  return {
    name: String(name),
    subject: String(claims.sub ?? ""),
    roles,
    scopes,
    maxRefund: limits.includes(0) ? 0 : Math.max(0, ...limits),
  };
}
