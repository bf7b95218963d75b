import type { Found } from '../lib/findings.js';
import { importPeer } from '../lib/peers.js';
import { panelsOf } from './panels.js';

const WIDTH = 1000;
/** Pixels: of a bar with its gap, above and below the bars of a panel, and beside them. */
const BAR = 22;
const THIN_BAR = 15;
const ABOVE = 56;
const BELOW = 44;
const LEFT = 470;
const RIGHT = 70;

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
  const heights = panels.map(({ names, bars }) => names.length * (bars === 1 ? BAR : bars * THIN_BAR + 8));
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
    grid: panels.map((_, i) => ({
      top: (tops[i] ?? 0) + ABOVE,
      left: LEFT,
      width: WIDTH - LEFT - RIGHT,
      height: heights[i],
    })),
    xAxis: panels.map(({ isLogarithmic }, gridIndex) => ({
      gridIndex,
      type: isLogarithmic ? 'log' : 'value',
    })),
    yAxis: panels.map(({ names }, gridIndex) => ({
      gridIndex,
      type: 'category',
      data: names,
      inverse: true,
      axisTick: { show: false },
      axisLabel: { fontSize: 12, color: '#222222', interval: 0 },
    })),
    series: panels.flatMap(({ series }, i) =>
      series.map((one) => ({ ...one, xAxisIndex: i, yAxisIndex: i })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
