import type { AnyPoolingOp, PoolingOp, Shape } from "@rockpool/core";
import { average } from "@rockpool/average";
import { max } from "@rockpool/max";
import { powerAverage } from "@rockpool/power-average";
import type { Attribute } from "./attributes.ts";
import {
  type NodeAxis,
  type NodeWindows,
  nodeWindows,
} from "./node_windows.ts";
import type { NodePlan } from "./plan.ts";
import { isWide, type Wide, withPadding } from "./wide_padding.ts";

/** A node with sliding windows, as far as its plan depends on it. */
export interface WindowedNode {
  /** What it is called in messages. */
  readonly label: string;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, Attribute | undefined>>;
}

/** Plans MaxPool over an input, with `Indices` where they are asked for. */
export function planMaxPool(
  { label, attributes }: WindowedNode,
  shape: Shape,
  returnIndices: boolean,
): NodePlan {
  const windows = nodeWindows(label, shape, attributes);
  const plan = planWindows(max, windows, { returnIndices }, {
    fill: -Infinity,
  });
  if (!returnIndices) return plan;
  const { axes } = windows;
  const before = axes.map((axis) => isWide(windows) ? axis.before : 0);
  const input = axes.map(({ length }) => length);
  return {
    ...plan,
    indices: {
      read: plan.lengths,
      input,
      before,
      columnMajor: attributes.storage_order === 1,
    },
  };
}

/** Plans AveragePool over an input. */
export function planAveragePool(
  { label, attributes }: WindowedNode,
  shape: Shape,
): NodePlan {
  const windows = nodeWindows(label, shape, attributes);
  const countIncludePad = attributes.count_include_pad === 1;
  if (!isWide(windows)) {
    return planWindows(average, windows, { countIncludePad }, { fill: 0 });
  }
  return planWindows(average, windows, { divisorOverride: 1 }, {
    fill: 0,
    shares: (position) =>
      1 / Math.max(1, divisorOf(windows.axes, position, countIncludePad)),
  });
}

/** Plans LpPool over an input. */
export function planLpPool(
  { label, attributes }: WindowedNode,
  shape: Shape,
): NodePlan {
  const windows = nodeWindows(label, shape, attributes);
  return planWindows(powerAverage, windows, {
    normType: attributes.p,
    signMode: "abs",
    partialWindow: "sum",
  }, { fill: 0 });
}

/** A plan, and the spatial lengths that the operator reads. */
interface WindowPlan extends NodePlan {
  readonly lengths: readonly number[];
}

function planWindows<Options extends object, Outputs extends string>(
  op: PoolingOp<Options, "x", never, Outputs>,
  windows: NodeWindows,
  own: Readonly<Record<string, unknown>>,
  wide: Omit<Wide, "windows">,
): WindowPlan {
  const { axes, ceil } = windows;
  const each = (of: (axis: NodeAxis) => unknown) => axes.map(of);
  const options = {
    kernelSize: each((axis) => axis.size),
    stride: each((axis) => axis.stride),
    dilation: each((axis) => axis.dilation),
    axes: axes.length,
    ...own,
  };
  const inputs = {};
  if (isWide(windows)) {
    const padded = withPadding(op, { ...wide, windows });
    return {
      op: padded.op as unknown as AnyPoolingOp,
      options,
      inputs,
      lengths: padded.lengths,
    };
  }
  return {
    op: op as unknown as AnyPoolingOp,
    options: {
      ...options,
      padding: each(({ before, after }) => [before, after]),
      ceilMode: ceil,
    },
    inputs,
    lengths: axes.map(({ length }) => length),
  };
}

/** How many positions of a window count. */
function divisorOf(
  axes: readonly NodeAxis[],
  position: readonly number[],
  countIncludePad: boolean,
): number {
  return axes.reduce((product, axis, a) => {
    const { size, dilation, stride, before, after, length } = axis;
    const start = position[a] * stride - before;
    const [from, to] = countIncludePad
      ? [-before, length + after]
      : [0, length];
    let count = 0;
    for (let tap = 0; tap < size; tap++) {
      const at = start + tap * dilation;
      if (at >= from && at < to) count += 1;
    }
    return product * count;
  }, 1);
}
