import type { Found } from '../lib/findings.js';
import { importPeer } from '../lib/peers.js';
import { panelsOf } from './panels.js';

const WIDTH = 1000;
/** Pixels: of a row, above and below the rows of a panel, and right of them. */
const ROW = 23;
const ABOVE = 58;
const BELOW = 44;
const RIGHT = 160;

interface Chart {
  setOption(option: object): void;
  renderToSVGString(): string;
  dispose(): void;
}

interface ECharts {
  init(dom: null, theme: null, options: object): Chart;
}

/** docs/performance.svg: requests, durable writes, and how far each aim is reached. */
export async function plotOf(figures: Found['figures'], peers: string): Promise<string> {
  const echarts = await importPeer<ECharts>(peers, 'echarts');
  const panels = panelsOf(figures);
  const heights = panels.map(({ names }) => names.length * ROW);
  const tops = heights.map((_, i) =>
    heights.slice(0, i).reduce((sum, height) => sum + ABOVE + height + BELOW, 0),
  );
  const height = (tops.at(-1) ?? 0) + ABOVE + (heights.at(-1) ?? 0) + BELOW;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif' },
    title: panels.map(({ title }, i) => ({
      text: title,
      top: (tops[i] ?? 0) + 20,
      left: 20,
      textStyle: { fontSize: 15, color: '#222222' },
    })),
    legend: panels.map(({ series }, i) => ({
      data: series.flatMap((one) => ('name' in one ? [one.name] : [])),
      top: (tops[i] ?? 0) + 20,
      right: 20,
    })),
    grid: panels.map(({ left }, i) => ({
      top: (tops[i] ?? 0) + ABOVE,
      left,
      width: WIDTH - left - RIGHT,
      height: heights[i],
    })),
    xAxis: panels.map(({ axis }, gridIndex) => ({ gridIndex, ...axis })),
    // Two for each panel: the names, and on the other side the remarks.
    yAxis: panels.flatMap(({ names, remarks = [] }, gridIndex) => [
      rowLabels({ gridIndex, data: names }),
      rowLabels({ gridIndex, data: remarks, position: 'right', axisLine: { show: false } }),
    ]),
    series: panels.flatMap(({ series }, i) =>
      series.map((one) => ({ ...one, xAxisIndex: i, yAxisIndex: 2 * i })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function rowLabels(axis: object): object {
  const axisLabel = { fontSize: 12, color: '#222222', interval: 0 };
  return { type: 'category', inverse: true, axisTick: { show: false }, axisLabel, ...axis };
}
