// A chart of amounts over time. Everything in it is also in the table beside it, which is for everybody who cannot see the chart.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { money } from "../format.ts";
import { language, t } from "../i18n/index.ts";

export interface Bar { label: string; name: string; up: number; down: number; unread: boolean }

const height = 240;
const frame = { left: 76, right: 4, top: 12, bottom: 26 };

/** Chart draws two amounts for each bar: `up` filled, `down` hatched, so that nobody needs to tell the colours apart. */
export function Chart({ title, up, down, bars }: { title: string; up: string; down: string; bars: Bar[] }) {
  const [box, width] = useWidth();
  const hatch = useId();
  const top = ceiling(Math.max(...bars.flatMap((b) => [b.up, b.down]), 1));
  const step = (width - frame.left - frame.right) / Math.max(bars.length, 1);
  const y = (amount: number) => frame.top + (height - frame.top - frame.bottom) * (1 - Math.min(amount, top) / top);
  const each = Math.max(1, Math.ceil(42 / step)); // labels have room
  const thick = Math.max(1, Math.min(22, step * 0.38));
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <span class="legend" aria-hidden="true"><span class="up">{up}</span> <span class="down">{down}</span></span>
      </figcaption>
      <div ref={box}>
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("chart.label", { title })}>
          <defs>
            <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" class="hatch-ground" /><rect width="2.5" height="5" class="hatch" />
            </pattern>
          </defs>
          {[0, 0.5, 1].map((part) => (
            <g key={part}>
              <line x1={frame.left} x2={width} y1={y(top * part)} y2={y(top * part)} class="rule" />
              <text x={frame.left - 6} y={y(top * part) + 4} text-anchor="end">{short(top * part)}</text>
            </g>
          ))}
          {bars.map((b, i) => {
            const x = frame.left + step * i;
            const middle = x + step / 2;
            return (
              <g key={b.name}>
                <title>{b.unread ? `${b.name}: ${t("chart.unread")}` : `${b.name}: ${up} ${money(b.up)}, ${down} ${money(b.down)}`}</title>
                <rect x={x} y={frame.top} width={step} height={height - frame.top - frame.bottom} class={b.unread ? "unread" : "hit"} />
                <rect x={middle - thick} y={y(b.up)} width={thick} height={y(0) - y(b.up)} class="up" />
                <rect x={middle} y={y(b.down)} width={thick} height={y(0) - y(b.down)} class="down" fill={`url(#${hatch})`} />
                {i % each === 0 && <text x={middle} y={height - 8} text-anchor="middle">{b.label}</text>}
              </g>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}

/** useWidth follows the width of an element, so that the letters of the chart keep their size. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(320);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(240, Math.floor(entry.contentRect.width))));
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, width] as const;
}

/** ceiling returns the next amount that is easy to read: 1, 2 or 5 with zeros. */
export function ceiling(amount: number): number {
  const power = 10 ** Math.floor(Math.log10(amount));
  return power * ([1, 2, 5].find((n) => n * power >= amount) ?? 10);
}

const short = (amount: number): string =>
  `Rp ${amount.toLocaleString(language() === "id" ? "id-ID" : "en-GB", { notation: "compact", maximumFractionDigits: 1 })}`;
