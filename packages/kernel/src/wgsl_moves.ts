import type { Layout } from "@rockpool/core";
import { makeModule, type WgslField, type WgslModule } from "./wgsl_module.ts";

/** The compute shaders that move elements of planes by indices. */
export interface MoveModules {
  /**
   * For each element of the large planes the last of the indices that point to
   * it, plus 1: reads `indices`, writes `owners`, which must be zeros before.
   */
  readonly claim: WgslModule;
  /**
   * Gives each element of the large planes what its owner brings, or 0: reads
   * `from` and `owners`, writes `to`.
   */
  readonly place: WgslModule;
  /** Reads `from` where `indices` say, or 0, and writes `to`. */
  readonly take: WgslModule;
}

const FIELDS: readonly WgslField[] = [
  { name: "invocations", type: "u32" },
  { name: "channels", type: "i32" },
  { name: "indexed", type: "i32" },
  { name: "target_size", type: "i32" },
];

/** The shaders for planes in a layout. */
export function moveModules(layout: Layout): MoveModules {
  const small = (position: string) => index(layout, "indexed", position);
  const large = (position: string) => index(layout, "target_size", position);
  const isInside = "target_position >= 0 && target_position < call.target_size";
  return {
    claim: makeModule({
      comment: "scatter: which of the indices that agree comes last",
      fields: FIELDS,
      tensors: [
        { name: "indices", type: "i32", use: "read" },
        { name: "owners", type: "atomic<i32>", use: "write" },
      ],
      body: `${split(layout, "indexed")}
  let target_position = in_indices[at];
  if (${isInside}) {
    atomicMax(&to_owners[${large("target_position")}], position + 1);
  }`,
    }),
    place: makeModule({
      comment: "scatter: each element from the index that owns it",
      fields: FIELDS,
      tensors: [
        { name: "from", type: "f32", use: "read" },
        { name: "owners", type: "i32", use: "read" },
        { name: "to", type: "f32", use: "write" },
      ],
      body: `${split(layout, "target_size")}
  let owner = in_owners[at] - 1;
  if (owner < 0) {
    to_to[at] = 0.0;
  } else {
    to_to[at] = in_from[${small("owner")}];
  }`,
    }),
    take: makeModule({
      comment: "take: each element from where its index points to",
      fields: FIELDS,
      tensors: [
        { name: "from", type: "f32", use: "read" },
        { name: "indices", type: "i32", use: "read" },
        { name: "to", type: "f32", use: "write" },
      ],
      body: `${split(layout, "indexed")}
  let target_position = in_indices[at];
  if (${isInside}) {
    to_to[at] = in_from[${large("target_position")}];
  } else {
    to_to[at] = 0.0;
  }`,
    }),
  };
}

/** Names the place in memory, the plane (or item and channel), the position. */
function split(layout: Layout, size: string): string {
  return layout === "NCHW"
    ? `  let at = i32(invocation);
  let position = at % call.${size};
  let plane = at / call.${size};`
    : `  let at = i32(invocation);
  let channel = at % call.channels;
  let pixel = at / call.channels;
  let position = pixel % call.${size};
  let item = pixel / call.${size};`;
}

/** The place in memory of a position in the same plane of another tensor. */
function index(layout: Layout, size: string, position: string): string {
  return layout === "NCHW"
    ? `plane * call.${size} + ${position}`
    : `(item * call.${size} + ${position}) * call.channels + channel`;
}
