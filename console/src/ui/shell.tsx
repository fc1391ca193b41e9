// The frame of every page: skip link, navigation, who is signed in, language.
import type { ComponentChildren } from "preact";
import { known, language, setLanguage, t } from "../i18n/index.ts";
import { pages } from "../pages/index.ts";
import { hrefOf, usePlace } from "../router.ts";
import { can, settings, signOut, who } from "../session.ts";
import { Link } from "./basics.tsx";

export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = usePlace();
  const person = who();
  const stage = settings().stage;
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {t("skip")}
      </a>
      <header class="top">
        <Link class="brand" href={hrefOf("/")}>
          kasir <span class={`stage ${stage}`}>{known(`stage.${stage}`) ?? stage}</span>
        </Link>
        <nav aria-label={t("nav")}>
          {pages
            .filter((page) => page.nav && can(page.scope))
            .map((page) => (
              <Link
                key={page.path}
                href={hrefOf(page.path)}
                current={page.path === "/" ? path === "/" : path.startsWith(page.path)}
              >
                {t(page.nav!)}
              </Link>
            ))}
        </nav>
        <div class="person">
          <span>
            {person.name}{" "}
            <span class="muted">{person.roles.map((role) => known(`role.${role}`) ?? role).join(", ") || t("no_role")}</span>
          </span>
          <Languages />
          <button type="button" class="small" onClick={signOut}>
            {t("sign_out")}
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <div id="said" class="hidden" role="status" aria-live="polite" />
    </>
  );
}

export function Languages() {
  const other = language() === "en" ? "id" : "en";
  return (
    <button type="button" class="small" lang={other} onClick={() => setLanguage(other)}>
      {other === "id" ? "Bahasa Indonesia" : "English"}
    </button>
  );
}
