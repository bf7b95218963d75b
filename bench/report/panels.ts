import { AIMS, verdictOf, type Aim } from '../lib/aims.js';
import type { Found } from '../lib/findings.js';

type Figures = Found['figures'];

const OURS = '#1b6ca8';
const OTHERS = '#b8bec5';
const MISSED = '#c0392b';
/** Of bars for 1, 64 and 1,024 writers. */
const SHADES = ['#a9cfe8', '#4a95c8', '#12436b'];
const WRITERS = [1, 64, 1024];

/** A panel of the plot: bars with names, from top to bottom. */
export interface Panel {
  readonly title: string;
  readonly names: readonly string[];
  /** As ECharts wants them, but for their axes. */
  readonly series: readonly object[];
  /** Bars for each name. */
  readonly bars: number;
  readonly isLogarithmic: boolean;
}

/** All panels that there are figures for. */
export function panelsOf(figures: Figures): Panel[] {
  return [requests(figures), writes(figures), aims(figures)].filter(({ names }) => names.length > 0);
}

function requests(figures: Figures): Panel {
  const names = namesOf(figures, 'http.perSecond.');
  const data = names.map((name) => {
    const color = /session_auth|session_db_auth|basic_auth|jwt_auth/.test(name) ? OURS : OTHERS;
    return { value: rounded(figures[`http.perSecond.${name}`]), itemStyle: { color } };
  });
  return {
    title: '"Who am I" requests a second ÷ bare Koa (Gatehouse in blue)',
    names,
    series: [{ ...bar(), data, markLine: line(1) }],
    bars: 1,
    isLogarithmic: false,
  };
}

function writes(figures: Figures): Panel {
  const names = namesOf(figures, 'writes.64.');
  const series = WRITERS.map((writers, i) => ({
    ...bar(),
    name: `${writers} writer${writers === 1 ? '' : 's'}`,
    itemStyle: { color: SHADES[i] },
    label: { show: true, position: 'right', fontSize: 10, formatter: `{c}   (${writers})` },
    data: names.map((name) => rounded(figures[`writes.${writers}.${name}`])),
  }));
  return {
    title: 'Session writes a second ÷ bare group-commit log, with 1, 64 and 1024 writers (logarithmic)',
    names,
    series,
    bars: WRITERS.length,
    isLogarithmic: true,
  };
}

function aims(figures: Figures): Panel {
  const measured = AIMS.filter(({ figure }) => figures[figure] !== undefined);
  const reached = (aim: Aim, value: number): number =>
    rounded(aim.isFloor ? value / aim.must : aim.must / value);
  const data = measured.map((aim) => {
    const value = figures[aim.figure] ?? 0;
    const color = verdictOf(aim, value) === 'MISSED' ? MISSED : OURS;
    return { value: reached(aim, value), itemStyle: { color } };
  });
  const goals = measured.map((aim) => reached(aim, aim.aim));
  return {
    title: 'What must be reached (1, the line) and what is aimed at (diamonds); longer is better, red misses',
    names: measured.map(({ what }) => what),
    series: [
      { ...bar(), data, markLine: line(1) },
      {
        type: 'scatter',
        symbol: 'diamond',
        symbolSize: 11,
        itemStyle: { color: '#f0a202', borderColor: '#222222' },
        data: goals,
      },
    ],
    bars: 1,
    isLogarithmic: false,
  };
}

function namesOf(figures: Figures, prefix: string): string[] {
  const names = Object.keys(figures).filter((name) => name.startsWith(prefix));
  return names.map((name) => name.slice(prefix.length));
}

function bar(): object {
  return { type: 'bar', label: { show: true, position: 'right', fontSize: 11 }, barCategoryGap: '25%' };
}

function line(at: number): object {
  const lineStyle = { color: '#222222', type: 'solid', width: 1 };
  return { silent: true, symbol: 'none', label: { show: false }, lineStyle, data: [{ xAxis: at }] };
}

/** Two figures that count: more would only be in each other's way. */
function rounded(value: number | undefined): number {
  return Number((value ?? 0).toPrecision(2));
}
