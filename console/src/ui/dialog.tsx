// A modal dialog. The browser's own element keeps the focus inside, closes on Escape and gives the focus back.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";

export function Dialog({
  title,
  close,
  locked,
  children,
}: {
  title: string;
  close: () => void;
  locked?: boolean;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    // before its content takes the focus
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      dialog.current?.close();
      // The button that opened the dialog may be gone, because it did its work.
      const target =
        opener instanceof HTMLElement && opener.isConnected && opener !== document.body ? opener : document.querySelector("h1");
      if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    };
  }, []);
  // While a request is under way, Escape does nothing: its result is shown here.
  const cancel = (event: Event) => {
    event.preventDefault();
    if (!locked) close();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={cancel}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="quiet" onClick={close} disabled={locked} aria-label={t("close_dialog")}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}
