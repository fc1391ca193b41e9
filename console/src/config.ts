// The settings of the deployment, from config.json beside the console.

export interface Role {
  scopes: string[];
  max_refund?: number; // whole rupiah for all refunds of an order; absent or 0 means no limit
}

export interface Config {
  path: string; // of the console; the redirect URI is the page's origin and this path
  issuer: string;
  authorize: string;
  token: string;
  logout: string; // empty: the page can only forget its token
  logout_return: string; // the parameter of logout that holds the redirect URI
  client_id: string;
  audience?: string; // parameter of the sign-in
  scopes: string[]; // to ask for at the sign-in
  scope_prefix?: string;
  roles_claim: string;
  roles: Record<string, Role>;
  stage: string;
  back_office?: string;
}

/** baseOf finds the console's path in an address below it. The prefix before it may begin with the same word, as in /console-pay/console. */
export const baseOf = (path: string): string => `${path.slice(0, Math.max(path.search(/\/console(\/|$)/), 0))}/console`;

/** base is the path of the console without a slash at its end, such as /console. */
export const base = baseOf(typeof location === "undefined" ? "" : location.pathname);

/** apiBase is the path below which the API's routes are. It is empty without a prefix. */
export const apiBase = base.slice(0, -"/console".length);

export async function loadConfig(): Promise<Config> {
  const answer = await fetch(`${base}/config.json`, { cache: "no-store" });
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  return (await answer.json()) as Config;
}
