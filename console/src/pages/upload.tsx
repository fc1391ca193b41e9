// The form that takes a settlement report: choose, send, and see what kasir read in it.
import { useEffect, useRef, useState } from "preact/hooks";
import { askUpload } from "../api.ts";
import { keepDraft, readDraft } from "../draft.ts";
import type { Failure } from "../failure.ts";
import { number, time } from "../format.ts";
import { type Key, t } from "../i18n/index.ts";
import { type Inspected, inspect, nameOf } from "../report.ts";
import { hrefOf } from "../router.ts";
import { Link, Loading } from "../ui/basics.tsx";
import { Banner, Failed } from "../ui/banner.tsx";
import { type Summary, look, send } from "../upload.ts";

/** Watched is a report that was sent. It is kept for this tab, so that a new sign-in loses nothing. */
interface Watched extends Inspected { file: string; result: string; at: string }

type Step =
  | { step: "idle" }
  | { step: "checking" }
  | { step: "sending"; part: number }
  | { step: "reading"; watched: Watched }
  | { step: "unlisted"; watched: Watched }
  | { step: "read"; batch: Summary; before?: boolean }
  | { step: "wrong"; reason: Key; values?: Record<string, string>; repeat?: boolean } // repeat: the same file may pass later
  | { step: "failed"; failure: Failure; watched?: Watched };

const draft = "upload";
const patience = 60_000; // milliseconds until the page says that the report is not listed

export function UploadForm({ read }: { read: () => void }) {
  const [now, setNow] = useState<Step>(() => {
    const watched = readDraft<Watched>(draft);
    return watched ? { step: "reading", watched } : { step: "idle" };
  });
  const [file, setFile] = useState<File>();
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(new AbortController());
  useEffect(() => {
    const mine = (ended.current = new AbortController());
    if (now.step === "reading") void watch(now.watched, setNow, mine.signal, read);
    return () => mine.abort();
  }, []);
  const begin = (work: (signal: AbortSignal) => Promise<Step>) => {
    ended.current.abort();
    const { signal } = (ended.current = new AbortController());
    setNow({ step: "checking" });
    void work(signal).then((step) => {
      if (signal.aborted) return;
      if (step.step === "wrong" && !step.repeat) clear();
      setNow(step);
      if (step.step === "reading") void watch(step.watched, setNow, signal, read);
    }, () => {});
  };
  const clear = () => { // a browser does not report the choice of a file under the same name again
    setFile(undefined);
    if (input.current) input.current.value = "";
  };
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    setNow({ step: "idle" });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (file) begin((signal) => deliver(file, (part) => setNow({ step: "sending", part }), signal));
  };
  const busy = ["checking", "sending"].includes(now.step);
  return (
    <section class="panel" aria-labelledby="upload">
      <h2 id="upload">{t("upload")}</h2>
      <form onSubmit={submit} noValidate>
        <div class="field">
          <label for="report">{t("upload.file")}</label>
          <input id="report" type="file" accept=".csv,text/csv" ref={input} disabled={busy} aria-describedby="report-help"
            onChange={(event) => choose(event.currentTarget.files?.[0])} />
          <p id="report-help" class="help">{t("upload.help")}</p>
        </div>
        <div class="row">
          <button type="submit" class="primary" disabled={!file || busy}>{t("upload.button")}</button>
          {busy && <button type="button" onClick={() => { ended.current.abort(); setNow({ step: "idle" }); }}>{t("cancel")}</button>}
        </div>
      </form>
      <div class="outcome" aria-live="polite">
        <Outcome now={now} again={(watched) => begin(async () => ({ step: "reading", watched: { ...watched, at: new Date().toISOString() } }))} />
      </div>
    </section>
  );
}

/** deliver checks a file, asks for a form and sends the file. */
async function deliver(file: File, told: (part: number) => void, signal: AbortSignal): Promise<Step> {
  const known = await inspect(file).catch((): Inspected => ({ wrong: "upload.unreadable" }));
  if (known.wrong) return { step: "wrong", reason: known.wrong };
  const found = await look(known, 10, signal);
  if (!found.ok) return { step: "failed", failure: found.failure };
  if (found.same?.state === "done") return { step: "read", batch: found.same, before: true };
  if (found.other && !found.same) return { step: "wrong", reason: "upload.other_content", values: { batch: found.other.batch_id } };
  const form = await askUpload(nameOf(file.name));
  if (!form.ok) return { step: "failed", failure: form.failure };
  if (file.size > form.data.max_bytes) {
    return { step: "wrong", reason: "upload.too_large", values: { most: megabytes(form.data.max_bytes), size: megabytes(file.size) } };
  }
  if (signal.aborted) return { step: "idle" };
  told(0);
  const sent = await send(form.data, file, told, signal);
  if (!sent.ok) return { step: "wrong", repeat: sent.reason !== "upload.large", reason: sent.reason, values: { status: String(sent.status) } };
  const watched = { ...known, file: file.name, result: form.data.result, at: new Date().toISOString() };
  keepDraft(draft, watched);
  return { step: "reading", watched };
}

const megabytes = (bytes: number) => `${number(Math.round(bytes / 1024 / 1024))} MB`;

/** watch looks for the report in the list until it was read to its end. */
async function watch(watched: Watched, setNow: (step: Step) => void, signal: AbortSignal, read: () => void): Promise<void> {
  const until = Date.now() + patience;
  try {
    for (;;) {
      const found = await look(watched, 1, signal);
      if (signal.aborted) return;
      if (!found.ok) return setNow({ step: "failed", failure: found.failure, watched });
      if (found.same) {
        setNow({ step: "read", batch: found.same });
        read();
        if (found.same.state === "done") return keepDraft(draft, undefined);
      } else if (Date.now() > until) {
        keepDraft(draft, undefined);
        return setNow({ step: "unlisted", watched });
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
      if (signal.aborted) return;
    }
  } catch {
    // the page was left
  }
}

function Outcome({ now, again }: { now: Step; again: (watched: Watched) => void }) {
  switch (now.step) {
    case "idle": return null;
    case "checking": return <Loading text={t("upload.checking")} />;
    case "sending": return (
      <p><label>{t("upload.sending")} <progress max={1} value={now.part} /></label> {Math.round(now.part * 100)} %</p>
    );
    case "reading": return <Loading text={t("upload.reading", { file: now.watched.file })} />;
    case "read": return <Read batch={now.batch} before={now.before} />;
    case "wrong": return <Banner tone="bad" title={t(now.reason, now.values)}><p>{t("upload.nothing")}</p></Banner>;
    case "failed": return <Failed failure={now.failure} again={now.watched ? () => again(now.watched!) : undefined} />;
    case "unlisted": return (
      <Banner tone="warn" title={t("upload.unlisted", { file: now.watched.file })}>
        <p>{t("upload.unlisted_more")} <code>{now.watched.result}</code></p>
        <button type="button" onClick={() => again(now.watched)}>{t("upload.look_again")}</button>
      </Banner>
    );
  }
}

function Read({ batch, before }: { batch: Summary; before?: boolean }) {
  const count = Object.values(batch.difference_counts).reduce((all, n) => all + n, 0);
  const done = batch.state === "done";
  const title = before ? t("upload.before", { time: time(batch.started_at ?? "") })
    : done ? t(count ? "upload.differences" : "upload.done", { rows: number(batch.rows), count: number(count) })
      : t("upload.applying", { applied: number(batch.applied_rows), rows: number(batch.rows) });
  return (
    <Banner tone={!done || before ? "info" : count ? "warn" : "good"} title={title}>
      <p><Link href={hrefOf(`/settlements/${encodeURIComponent(batch.id)}`)}>{t("upload.open")}</Link></p>
    </Banner>
  );
}
