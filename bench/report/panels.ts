import { AIMS, shown, verdictOf, type Aim } from '../lib/aims.js';
import type { Found } from '../lib/findings.js';

type Figures = Found['figures'];

const OURS = '#1b6ca8';
const OTHERS = '#b8bec5';
const MISSED = '#c0392b';
/** Of dots for 1, 64 and 1,024 writers. */
const SHADES = ['#a9cfe8', '#4a95c8', '#12436b'];
const WRITERS = [1, 64, 1024];
const BAR = { type: 'bar', barCategoryGap: '25%' };
const LINE = {
  silent: true,
  symbol: 'none',
  label: { show: false },
  lineStyle: { color: '#222222', type: 'solid', width: 1 },
  data: [{ xAxis: 1 }],
};

/** A panel of the plot: rows with names, from top to bottom. */
export interface Panel {
  readonly title: string;
  readonly names: readonly string[];
  /** What stands at the right end of each row. */
  readonly remarks?: readonly string[];
  /** As ECharts wants them, but for their axes. */
  readonly series: readonly object[];
  /** The figures' axis, as ECharts wants it. */
  readonly axis: object;
  /** Pixels that the names take. */
  readonly left: number;
}

/** All panels that there are figures for. */
export function panelsOf(figures: Figures): Panel[] {
  return [requests(figures), writes(figures), aims(figures)].filter(({ names }) => names.length > 0);
}

function requests(figures: Figures): Panel {
  const names = namesOf(figures, 'http.perSecond.');
  const data = names.map((name) => {
    const isOurs = /session_auth|session_db_auth|basic_auth|jwt_auth/.test(name);
    const value = rounded(figures[`http.perSecond.${name}`]);
    return { value, itemStyle: { color: isOurs ? OURS : OTHERS } };
  });
  return {
    title: '"Who am I" requests a second ÷ bare Koa (Gatehouse in blue)',
    names,
    series: [{ ...BAR, data, label: { show: true, position: 'right', fontSize: 11 }, markLine: LINE }],
    axis: { type: 'value' },
    left: 260,
  };
}

/** Dots, because the axis is logarithmic and has no zero for a bar to begin at. */
function writes(figures: Figures): Panel {
  const names = namesOf(figures, 'writes.64.');
  const series = WRITERS.map((writers, i) => ({
    type: 'scatter',
    name: `${writers} writer${writers === 1 ? '' : 's'}`,
    symbolSize: 13,
    itemStyle: { color: SHADES[i], borderColor: '#222222', opacity: 1 },
    data: names.map((name) => rounded(figures[`writes.${writers}.${name}`])),
    ...(i === 0 ? { markLine: LINE } : {}),
  }));
  return {
    title: 'Session writes a second ÷ bare group-commit log (logarithmic)',
    names,
    series,
    axis: { type: 'log', min: 0.0001, max: 10, axisLabel: { formatter: '{value}' } },
    left: 260,
  };
}

function aims(figures: Figures): Panel {
  const rows = AIMS.flatMap((aim) => {
    const value = figures[aim.figure];
    return value === undefined ? [] : [{ aim, value }];
  });
  const data = rows.map(({ aim, value }) => {
    const color = verdictOf(aim, value) === 'MISSED' ? MISSED : OURS;
    return { value: reached(aim, value), itemStyle: { color } };
  });
  const goals = rows.map(({ aim }) => reached(aim, aim.aim));
  const itemStyle = { color: '#f0a202', borderColor: '#222222', opacity: 1 };
  return {
    title:
      'How far what must be reached is (the line), and what is aimed at (diamonds). Right: measured (must, aim)',
    names: rows.map(({ aim }) => aim.what),
    remarks: rows.map(({ aim, value }) => `${shown(aim, value)}  (${aim.must}, ${aim.aim})`),
    series: [
      { ...BAR, data, markLine: LINE },
      { type: 'scatter', symbol: 'diamond', symbolSize: 11, itemStyle, data: goals },
    ],
    axis: { type: 'value' },
    left: 470,
  };
}

/** How far a value reaches: 1 is what it must. */
function reached({ must, isFloor }: Aim, value: number): number {
  return rounded(isFloor ? value / must : must / value);
}

function namesOf(figures: Figures, prefix: string): string[] {
  const names = Object.keys(figures).filter((name) => name.startsWith(prefix));
  return names.map((name) => name.slice(prefix.length));
}

/** Two figures that count: more would only be in each other's way. */
function rounded(value: number | undefined): number {
  return Number((value ?? 0).toPrecision(2));
}
