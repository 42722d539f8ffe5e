import type { Geometry } from "./geometry.ts";
import type { Program } from "./program.ts";
import { chooseLanes, type LaneSchedule } from "./wgsl_lanes.ts";
import type { WgslAxis } from "./wgsl_plan.ts";
import { chooseTeam, type TeamSchedule } from "./wgsl_team.ts";
import { chooseTile, type TileSchedule } from "./wgsl_tile.ts";
import { LANES } from "./wgsl_vector.ts";

/** Who computes what. */
export type WgslSchedule =
  /** An invocation for each result. */
  | { readonly kind: "single"; readonly vectors: "none" }
  /** An invocation for four channels of each result, which lie last. */
  | { readonly kind: "channels"; readonly vectors: "results" }
  | LaneSchedule
  | TeamSchedule
  | TileSchedule;

/** What a schedule is chosen by. */
export interface ScheduleSizes {
  readonly geometry: Geometry;
  readonly axes: readonly WgslAxis[];
  /** The tensors that lie behind each other in one buffer. */
  readonly packed: readonly string[];
}

/**
 * Who computes what. Sizes alone decide, so that the order in which numbers are
 * added up, and with it each bit, is the same in every run.
 */
export function chooseSchedule(
  program: Program,
  sizes: ScheduleSizes,
): WgslSchedule {
  const { geometry, packed } = sizes;
  const single = { kind: "single", vectors: "none" } as const;
  if (program.kind === "window") {
    const team = chooseTeam(program, sizes);
    if (team) return team;
  }
  // Where a device is short of bindings, bytes are the smaller concern.
  if (packed.length > 0) return single;
  const tile = chooseTile(program, sizes);
  if (tile) return tile;
  if (geometry.layout === "NHWC") {
    const isWhole = geometry.channels % LANES === 0;
    // With tables of their own, channels would go different ways.
    return isWhole && geometry.per !== "plane"
      ? { kind: "channels", vectors: "results" }
      : single;
  }
  return chooseLanes(program, sizes) ?? single;
}
