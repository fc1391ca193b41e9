// Chooses the page for the address.
import { Component, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useTitle } from "./hooks.ts";
import { language, onLanguage, t } from "./i18n/index.ts";
import { find } from "./pages/index.ts";
import { hrefOf, usePlace } from "./router.ts";
import { can } from "./session.ts";
import { Allowed, Banner } from "./ui/banner.tsx";
import { Link } from "./ui/basics.tsx";
import { Shell } from "./ui/shell.tsx";

export function App() {
  const { path } = usePlace();
  useLanguage();
  const found = find(path, can);
  return (
    <Shell>
      <Guard key={path}>
        {found ? (
          <Allowed scope={found.page.scope}>
            <found.page.component key={path} id={found.id} />
          </Allowed>
        ) : (
          <Missing />
        )}
      </Guard>
    </Shell>
  );
}

/** useLanguage renders again when the person chooses another language. */
export function useLanguage() {
  const [now, set] = useState(language);
  useEffect(() => onLanguage(() => set(language())), []);
  useEffect(() => {
    document.documentElement.lang = now;
  }, [now]);
}

function Missing() {
  const heading = useTitle(t("missing"));
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {t("missing")}
      </h1>
      <p>
        <Link href={hrefOf("/")}>{t("missing.home")}</Link>
      </p>
    </>
  );
}

// A mistake of the console must not leave an empty page.
class Guard extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };
  static override getDerivedStateFromError = () => ({ failed: true });
  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Banner tone="bad" title={t("broken")}>
        <button type="button" onClick={() => location.reload()}>
          {t("reload")}
        </button>
      </Banner>
    );
  }
}
