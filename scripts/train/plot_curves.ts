import { init } from "echarts";

/** The losses of one training. */
export interface Curve {
  /** What was trained; curves of one name have one colour. */
  readonly name: string;
  /** The loss at each step. */
  readonly losses: readonly number[];
  /** Whether it is there to compare with. */
  readonly isDashed: boolean;
}

const SIZE = { width: 900, height: 560 };
const COLOURS = ["#0b6e99", "#c2452d", "#6a4c93", "#2a7f3f", "#8a6d00"];
const FONT = "DejaVu Sans";

/** The least loss that is shown; what is below is rounding. */
const LEAST = 1e-6;

/** A plot of losses over steps, with a logarithmic axis, as SVG text. */
export function plotCurves(curves: readonly Curve[]): string {
  const names = [...new Set(curves.map(({ name }) => name))];
  const chart = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: FONT },
    title: {
      text: "Learnable pooling: the loss of a network of two layers",
      subtext:
        "solid: everything learns; dashed: the pooling alone, between convolutions that are right",
      left: "center",
      textStyle: { fontFamily: FONT },
    },
    legend: { data: names, orient: "vertical", right: 40, top: 90 },
    grid: { left: 80, right: 30, top: 80, bottom: 60 },
    xAxis: { type: "value", name: "step", nameLocation: "middle", nameGap: 30 },
    yAxis: {
      type: "log",
      name: "relative loss",
      nameLocation: "middle",
      nameGap: 45,
      min: LEAST,
      axisLabel: { formatter: (loss: number) => loss.toExponential(0) },
    },
    series: curves.map(({ name, losses, isDashed }) => {
      const color = COLOURS[names.indexOf(name) % COLOURS.length];
      return {
        type: "line",
        name,
        data: losses.map((loss, step) => [step, Math.max(loss, LEAST)]),
        showSymbol: false,
        itemStyle: { color },
        lineStyle: { color, width: 2, type: isDashed ? "dashed" : "solid" },
      };
    }),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
