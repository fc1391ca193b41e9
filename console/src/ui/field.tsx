// Fields of a form: label, help, error and input belong together, also for screen readers.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../i18n/index.ts";

interface Common {
  label: string;
  value: string;
  set: (value: string) => void;
  help?: ComponentChildren;
  error?: string;
  disabled?: boolean;
  required?: boolean;
  autofocus?: boolean;
}

interface TextField extends Common {
  type?: "text" | "date" | "search";
  inputMode?: "numeric" | "text";
  most?: number; // bytes in UTF-8
  lines?: number; // more than one line
}

const bytes = (text: string) => new TextEncoder().encode(text).length;

export function Field({
  label,
  value,
  set,
  help,
  error,
  disabled,
  required,
  autofocus,
  type = "text",
  inputMode,
  most,
  lines,
}: TextField) {
  const id = useId();
  const left = most === undefined ? undefined : most - bytes(value);
  const wrong = error ?? (left !== undefined && left < 0 ? t("field.too_long", { over: -left }) : undefined);
  const common = {
    id,
    value,
    disabled,
    required,
    inputMode,
    autoFocus: autofocus,
    "aria-invalid": wrong ? true : undefined,
    "aria-describedby": `${id}-help ${id}-error`,
    onInput: (event: { currentTarget: { value: string } }) => set(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>
        {label}
        {!required && lines && <span class="muted"> {t("field.optional")}</span>}
      </label>
      {lines ? (
        <textarea {...common} rows={lines} />
      ) : (
        <input {...common} type={type as "text"} autocomplete="off" spellcheck={false} />
      )}
      <p id={`${id}-help`} class="help">
        {help}
        {most !== undefined && left !== undefined && left >= 0 && left < most / 5 && <> {t("field.left", { left })}</>}
      </p>
      <p id={`${id}-error`} class="error" role={wrong ? "alert" : undefined}>
        {wrong}
      </p>
    </div>
  );
}

export function Select({
  label,
  value,
  set,
  help,
  error,
  disabled,
  required,
  choices,
}: Common & { choices: [string, string][] }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        disabled={disabled}
        required={required}
        aria-describedby={`${id}-help`}
        aria-invalid={error ? true : undefined}
        onChange={(event) => set(event.currentTarget.value)}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice} selected={choice === value}>
            {text}
          </option>
        ))}
      </select>
      <p id={`${id}-help`} class="help">
        {help}
      </p>
      <p class="error" role={error ? "alert" : undefined}>
        {error}
      </p>
    </div>
  );
}

/** Choice is a question with a few answers, each with an explanation. Nothing is chosen at first. */
export function Choice({
  label,
  value,
  set,
  choices,
  disabled,
}: Omit<Common, "help" | "error"> & { choices: [string, string, string][] }) {
  const name = useId();
  return (
    <fieldset disabled={disabled}>
      <legend>{label}</legend>
      {choices.map(([choice, text, help]) => (
        <label key={choice} class="choice">
          <input type="radio" name={name} required value={choice} checked={choice === value} onChange={() => set(choice)} />
          <span>
            <strong>{text}</strong>
            <span class="help">{help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
