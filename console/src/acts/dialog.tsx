// The dialog of an act: form, confirmation, progress, result.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Payment } from "../api.ts";
import { except } from "../failure.ts";
import { useNow } from "../hooks.ts";
import { t } from "../i18n/index.ts";
import { can } from "../session.ts";
import { Loading } from "../ui/basics.tsx";
import { Banner, Failed } from "../ui/banner.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { type Attempt, mayBeginAnew, tracesOf } from "./attempt.ts";
import type { Acting } from "./use.ts";

/** Description is what one act says. check returns the body of the request, or nothing while a field is wrong. */
export interface Description {
  title: string;
  form: (a: Attempt, set: (fields: Record<string, string>) => void) => ComponentChildren;
  pointers: string[]; // fields whose errors the form shows itself
  check: (fields: Record<string, string>) => unknown;
  confirm: (a: Attempt) => ComponentChildren; // names the sum
  button: (a: Attempt) => string; // names the sum too
  result: (a: Attempt) => { tone: "good" | "warn" | "bad" | "info"; text: string };
  asksDOKU?: boolean;
}

const scopes = {
  refunds: "payments:refund", capture: "payments:capture", close: "payments:close", resolve: "payments:resolve", records: "payments:resolve",
};

/** allowed is false if the role was taken away since the act was begun. */
const allowed = (a: Attempt): boolean => can(scopes[a.intent.route]);

export function ActDialog({ acting, about, payment }: { acting: Acting; about: Description; payment: Payment }) {
  const a = acting.attempt!;
  return (
    <Dialog title={about.title} close={acting.close} locked={a.phase === "sending"}>
      <p class="muted">{payment.order.invoice_number}</p>
      {!allowed(a) && ["form", "confirm"].includes(a.phase) && <Banner tone="warn" title={t("failure.forbidden")} />}
      <Step key={a.phase === "form" ? "form" : a.phase}>
        <Body acting={acting} about={about} payment={payment} />
      </Step>
    </Dialog>
  );
}

// Each step gets the focus when it appears, so that a screen reader reads it.
function Step({ children }: { children: ComponentChildren }) {
  const step = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const field = step.current?.querySelector<HTMLElement>("[aria-invalid], input, textarea");
    (field ?? step.current)?.focus();
  }, []);
  return (
    <div class="step" ref={step} tabIndex={-1}>
      {children}
    </div>
  );
}

function Body({ acting, about, payment }: { acting: Acting; about: Description; payment: Payment }) {
  const a = acting.attempt!;
  switch (a.phase) {
    case "form":
      return <Form acting={acting} about={about} before={tracesOf(payment)} />;
    case "confirm":
      return (
        <>
          <div class="confirm">{about.confirm(a)}</div>
          <Failed failure={a.failure} />
          <Buttons>
            <button type="button" onClick={() => acting.tell({ type: "back", key: a.key })}>
              {t("back")}
            </button>
            <Send acting={acting} label={about.button(a)} />
          </Buttons>
        </>
      );
    case "sending":
      return <Progress text={t(about.asksDOKU ? "act.asking" : "act.sending")} />;
    case "waiting":
      return (
        <>
          <Banner tone="info" title={t("act.waiting")}>
            <p>{t("act.waiting_more")}</p>
          </Banner>
          <Progress text={t("act.looking")} />
          <Buttons>
            <button type="button" onClick={acting.close}>
              {t("act.close_waiting")}
            </button>
            <Send acting={acting} label={t("act.ask_again")} quiet />
          </Buttons>
        </>
      );
    case "unsure":
      return (
        <>
          <div class="confirm">{about.confirm(a)}</div>
          <Unsure a={a} />
          {mayBeginAnew(a) && (
            <p class="help">
              {t("act.no_trace")}{" "}
              <button
                type="button"
                class="link"
                onClick={() =>
                  acting.tell({ type: "anew", key: crypto.randomUUID(), before: tracesOf(payment) })
                }
              >
                {t("act.anew")}
              </button>
            </p>
          )}
          <Buttons>
            <button type="button" onClick={acting.close}>
              {t("act.close_waiting")}
            </button>
            <Send acting={acting} label={t("act.send_again")} />
          </Buttons>
        </>
      );
    case "refused":
      return (
        <>
          <Failed failure={a.failure} />
          <p>{t("act.refused")}</p>
          <Buttons>
            <button type="button" onClick={() => acting.tell({ type: "back", key: crypto.randomUUID() })}>
              {t("act.change")}
            </button>
            <button type="button" class="primary" onClick={acting.close}>
              {t("close_dialog")}
            </button>
          </Buttons>
        </>
      );
    case "done": {
      const { tone, text } = about.result(a);
      return (
        <>
          <Banner tone={tone} title={text} />
          <Buttons>
            <button type="button" class="primary" onClick={acting.close}>
              {t("close_dialog")}
            </button>
          </Buttons>
        </>
      );
    }
  }
}


function Form({ acting, about, before }: { acting: Acting; about: Description; before: string[] }) {
  const a = acting.attempt!;
  const form = useRef<HTMLFormElement>(null);
  const [incomplete, setIncomplete] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const body = about.check(a.fields);
    if (body !== undefined) return acting.tell({ type: "reviewed", body, before });
    setIncomplete(true);
    const wrong = ["input", "select", "textarea"].map((name) => `${name}:invalid, ${name}[aria-invalid]`).join();
    form.current!.querySelector<HTMLElement>(wrong)?.focus();
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Failed failure={except(a.failure, about.pointers)} />
      {about.form(a, (fields) => {
        setIncomplete(false);
        acting.tell({ type: "typed", fields });
      })}
      <Buttons>
        {incomplete && (
          <p class="error wide" role="alert">
            {t("act.incomplete")}
          </p>
        )}
        <button type="button" onClick={acting.close}>
          {t("cancel")}
        </button>
        <button type="submit" class="primary">
          {t("act.next")}
        </button>
      </Buttons>
    </form>
  );
}

/** Unsure says why it is not known whether a request was carried out, and that a repeat does no harm. */
function Unsure({ a }: { a: Attempt }) {
  const unfinished = a.failure?.kind === "unavailable"; // kasir answered, but has not finished
  return (
    <>
      <Banner tone="warn" title={t(unfinished ? "act.unfinished" : "act.unsure")}>
        {unfinished && a.failure?.detail && <p lang="en">{a.failure.detail}</p>}
        <p>{t("act.unsure_more")}</p>
      </Banner>
      {!unfinished && <Failed failure={a.failure} />}
    </>
  );
}

const Buttons = ({ children }: { children: ComponentChildren }) => <div class="row end buttons">{children}</div>;

/** Send sends the request. It is off for half a second, because the second click of a double click on the step before would land on it. */
function Send({ acting, label, quiet }: { acting: Acting; label: string; quiet?: boolean }) {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), 500);
    return () => clearTimeout(timer);
  }, []);
  const retryAt = acting.attempt?.retryAt;
  const now = useNow(retryAt !== undefined);
  const wait = retryAt === undefined ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  return (
    <button type="button" class={quiet ? "" : "primary"} onClick={acting.send} disabled={!ready || wait > 0 || !allowed(acting.attempt!)}>
      {label}
      {wait > 0 && ` (${wait} s)`}
    </button>
  );
}

/** Progress counts the seconds while the person waits. Screen readers hear the sentence once. */
function Progress({ text }: { text: string }) {
  const since = useRef(Date.now());
  const now = useNow(true);
  return (
    <div class="progress">
      <Loading text={text} />
      <span class="muted" aria-hidden="true">
        {Math.max(0, Math.floor((now - since.current) / 1000))} s
      </span>
    </div>
  );
}
