// Starts the console: settings, sign-in, page.
import { render } from "preact";
import { App, useLanguage } from "./app.tsx";
import { base, loadConfig } from "./config.ts";
import { t } from "./i18n/index.ts";
import { begin, signedOut, signIn } from "./session.ts";
import { Languages } from "./ui/shell.tsx";
import "./style.css";
import "./pages.css";

const root = document.getElementById("app")!;

/** Door is what a person sees who is not signed in. */
function Door({ problem, signedOut, again }: { problem?: string; signedOut?: boolean; again: () => void }) {
  useLanguage();
  return (
    <main class="door">
      <h1>kasir</h1>
      <p role={problem ? "alert" : "status"}>
        {problem ? t("door.problem") : signedOut ? t("door.signed_out") : t("door.signing_in")}
      </p>
      {problem && (
        <p class="muted" lang="en">
          {problem}
        </p>
      )}
      {(problem || signedOut) && (
        <button type="button" class="primary" onClick={again}>
          {t("sign_in")}
        </button>
      )}
      <p>
        <Languages />
      </p>
    </main>
  );
}

async function start(): Promise<void> {
  render(<Door again={() => {}} />, root);
  let config;
  try {
    config = await loadConfig();
  } catch (error) {
    return render(<Door problem={String(error)} again={() => location.reload()} />, root);
  }
  try {
    if (await begin(config)) return render(<App />, root);
    if (location.pathname === base + signedOut) render(<Door signedOut again={() => void signIn()} />, root);
  } catch (error) {
    render(<Door problem={error instanceof Error ? error.message : String(error)} again={() => void signIn()} />, root);
  }
}

void start();
