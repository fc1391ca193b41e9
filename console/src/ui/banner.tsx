// Messages to the person: banners on the page, and sentences for screen readers.
import type { ComponentChildren } from "preact";
import type { Failure } from "../failure.ts";
import { useNow } from "../hooks.ts";
import { type Key, t } from "../i18n/index.ts";
import { can, rolesWith, signIn } from "../session.ts";

export type Tone = "info" | "good" | "warn" | "bad";

/** Banner is a message. Screen readers read it out when it appears, a bad one at once. */
export const Banner = ({ tone, title, children }: { tone: Tone; title?: string; children?: ComponentChildren }) => (
  <div class={`banner ${tone}`} role={tone === "bad" ? "alert" : "status"}>
    {title && <p class="title">{title}</p>}
    {children}
  </div>
);

const sentence: Record<Failure["kind"], Key> = {
  offline: "failure.offline",
  slow: "failure.slow",
  signed_out: "failure.signed_out",
  forbidden: "failure.forbidden",
  not_found: "failure.not_found",
  conflict: "failure.conflict",
  running: "failure.running",
  invalid: "failure.invalid",
  busy: "failure.busy",
  unavailable: "failure.unavailable",
};

/** Failed says why a request failed, and lets the person send it again. It never does so by itself. */
export function Failed({ failure, again, label }: { failure: Failure | undefined; again?: () => void; label?: string }) {
  const now = useNow(failure?.retryAt !== undefined);
  if (!failure) return null;
  const wait = failure.retryAt === undefined ? 0 : Math.max(0, Math.ceil((failure.retryAt - now) / 1000));
  return (
    <Banner tone={failure.kind === "running" ? "info" : "bad"} title={t(failure.doku ? "failure.doku" : sentence[failure.kind])}>
      {failure.detail && !failure.doku && <p lang="en">{failure.detail}</p>}
      {failure.errors.length > 0 && (
        <ul lang="en">
          {failure.errors.map((e) => (
            <li key={e.pointer}>
              <code>{e.pointer}</code> {e.detail}
            </li>
          ))}
        </ul>
      )}
      {failure.doku && (
        <p lang="en">
          {[failure.doku.code, failure.doku.message].filter(Boolean).join(": ")}{" "}
          <span class="muted">
            Request-Id <code>{failure.doku.request_id}</code>
          </span>
        </p>
      )}
      {failure.kind === "signed_out" && (
        <button type="button" onClick={() => void signIn()}>
          {t("sign_in_again")}
        </button>
      )}
      {again && failure.kind !== "signed_out" && (
        <button type="button" onClick={again} disabled={wait > 0}>
          {wait > 0 ? t("again_in", { seconds: wait }) : (label ?? t("again"))}
        </button>
      )}
    </Banner>
  );
}

/** Allowed shows its children to people with a scope, and to all others a sentence about the missing role. */
export const Allowed = ({ scope, children }: { scope: string; children: ComponentChildren }) =>
  can(scope) ? (
    <>{children}</>
  ) : (
    <>
      <h1>{t("not_allowed")}</h1>
      <p>{t("not_allowed.more", { scope, roles: rolesWith(scope) || "–" })}</p>
    </>
  );

/** say lets screen readers read out a sentence, for changes that only eyes would notice. */
export function say(text: string): void {
  const region = document.getElementById("said");
  if (region) region.textContent = text;
}
