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
function Door({ problem, signedOut, again }: { problem?: unknown; signedOut?: boolean; again: () => void }) {
  useLanguage();
  const wrong = problem instanceof TypeError ? "failure.offline" : "door.problem"; // fetch throws it without a network
  return (
    <main class="door">
      <h1>kasir</h1>
      <p role={problem ? "alert" : "status"}>
        {problem ? t(wrong) : signedOut ? t("door.signed_out") : t("door.signing_in")}
      </p>
      {problem !== undefined && (
        <p class="muted" lang="en">
          {problem instanceof Error ? problem.message : String(problem)}
        </p>
      )}
      {(problem !== undefined || signedOut) && (
        <button type="button" class="primary" onClick={again}>
          {t(problem === undefined ? "sign_in" : "again")}
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
    return render(<Door problem={error} again={() => location.reload()} />, root);
  }
  try {
    if (await begin(config)) return render(<App />, root);
    if (location.pathname === base + signedOut) render(<Door signedOut again={() => void signIn()} />, root);
  } catch (error) {
    render(<Door problem={error} again={() => void signIn()} />, root);
  }
}

void start();
