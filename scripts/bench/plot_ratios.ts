import { init } from "echarts";
import type { Direction } from "./bench_case.ts";
import type { BenchRow } from "./row.ts";

const COLOURS = ["#0b6e99", "#c2452d", "#2a7f3f", "#6a4c93", "#8a6d00"];
const FONT = "DejaVu Sans, Verdana, sans-serif";
const WIDTH = 1000;
const LINE_HEIGHT = 18;
const AROUND = 150;

/** What a plot shows of rows. */
export interface PlotOptions {
  readonly direction: Direction;
  readonly threads: number;
}

/**
 * The time of each library over ours for each case, and the targets, as SVG
 * text; the axis is logarithmic, and right of 1 Rockpool is faster.
 */
export function plotRatios(
  rows: readonly BenchRow[],
  { direction, threads }: PlotOptions,
): string {
  const shown = rows.filter((row) =>
    row.direction === direction && row.threads === threads
  );
  const peers = [...new Set(shown.flatMap((row) => Object.keys(row.peers)))];
  const height = AROUND + LINE_HEIGHT * shown.length;
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: WIDTH,
    height,
  });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: FONT },
    title: {
      text: `Time of each library over Rockpool's: ${direction}`,
      subtext: `${threads} threads; bars end at the target`,
      left: "center",
      textStyle: { fontFamily: FONT },
    },
    legend: { data: peers, top: 60, itemGap: 40 },
    grid: { left: 300, right: 40, top: 90, bottom: 50 },
    xAxis: {
      type: "log",
      name: "times as long as Rockpool",
      nameLocation: "middle",
      nameGap: 30,
      axisLabel: { formatter: (ratio: number) => `${ratio}×` },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: shown.map((row) => row.case),
      axisLabel: { fontSize: 11, interval: 0 },
      splitLine: { show: true },
    },
    series: [
      {
        type: "bar",
        data: shown.map((row) => row.target ?? 1),
        barWidth: 8,
        itemStyle: { color: "#d9dde2" },
        silent: true,
      },
      ...peers.map((name, index) => ({
        type: "scatter",
        name,
        symbolSize: 8,
        itemStyle: { color: COLOURS[index % COLOURS.length] },
        data: shown.flatMap((row) => {
          const time = row.peers[name];
          return time === null || time === undefined
            ? []
            : [[time / row.ours_ms, row.case]];
        }),
      })),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
