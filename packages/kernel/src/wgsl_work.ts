import { type Geometry, volume } from "./geometry.ts";
import type { Program, TensorRole } from "./program.ts";
import { WORKGROUP_SIZE } from "./wgsl_module.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import type { WgslSchedule } from "./wgsl_schedule.ts";
import { stagesOf } from "./wgsl_team.ts";
import { tilesAlong } from "./wgsl_tile.ts";
import { LANES } from "./wgsl_vector.ts";

/** How many invocations work on so many items of a batch. */
export function invocationsOf(
  program: Program,
  { schedule }: WgslPlan,
  { geometry, items }: {
    readonly geometry: Geometry;
    readonly items: number;
  },
): number {
  const { channels, input, output } = geometry;
  const lengths = program.kind === "window" ? output : input;
  switch (schedule.kind) {
    case "single":
      return items * channels * volume(lengths);
    case "channels":
      return items * channels / LANES * volume(lengths);
    case "lanes": {
      const [d, h, w] = lengths.map((length, a) =>
        "dhw"[a] === schedule.letter ? Math.ceil(length / LANES) : length
      );
      return items * channels * d * h * w;
    }
    case "tile": {
      const [h, w] = tilesAlong(program, schedule, geometry);
      const vectors = schedule.vectors === "results" ? LANES : 1;
      return items * channels / vectors * h * w * WORKGROUP_SIZE;
    }
    case "team": {
      const windows = windowsOf(schedule, geometry, items);
      const groups = Math.ceil(windows * schedule.members / WORKGROUP_SIZE);
      const isLast = schedule.stage === stagesOf(program, schedule) - 1;
      return groups * (isLast ? 1 : schedule.parts) * WORKGROUP_SIZE;
    }
  }
}

/** How many windows teams have; four channels of one count once in vectors. */
export function windowsOf(
  schedule: WgslSchedule,
  { channels, output }: Geometry,
  items: number,
): number {
  if (schedule.kind !== "team") return 0;
  const vectors = schedule.vectors === "results" ? LANES : 1;
  return items * channels / vectors * volume(output);
}

/** Vectors along the axis that lanes stand along, for the arguments. */
export function vectorsAlong(
  program: Program,
  { schedule }: WgslPlan,
  { input, output }: Geometry,
): number {
  if (schedule.kind !== "lanes") return 0;
  const lengths = program.kind === "window" ? output : input;
  return Math.ceil(lengths["dhw".indexOf(schedule.letter)] / LANES);
}

/** Numbers that one index of a tensor counts. */
export function widthOf(
  { kind }: Program,
  { schedule }: WgslPlan,
  role: TensorRole | "result",
): 1 | 2 | 4 {
  switch (schedule.kind) {
    case "channels":
      return role === "tap" ? 1 : LANES;
    case "lanes": {
      const isOutput = role === "perWindow" ||
        (role === "result" && kind === "window");
      const isInput = role === "element" ||
        (role === "result" && kind === "gather");
      return isOutput ? schedule.outputs : isInput ? schedule.inputs : 1;
    }
    case "tile":
      return schedule.vectors === "results" && role !== "tap" ? LANES : 1;
    case "team":
      if (schedule.vectors === "results") return role === "tap" ? 1 : LANES;
      return schedule.vectors === "elements" && role === "element" ? LANES : 1;
    case "single":
      return 1;
  }
}
