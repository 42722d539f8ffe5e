import { load } from "./wat_frame.ts";
import {
  add,
  call,
  get,
  int,
  mul,
  smaller,
  sub,
  WatFunction,
} from "./wat_text.ts";
import { transposed } from "./wat_transposed.ts";

const LINES = [0, 1, 2, 3];

/**
 * The function `$pack`, which copies four lines (rows or columns) into a panel:
 * for each k of each group the four elements that follow each other across.
 * Beyond the last line that line is repeated, so that nothing else is read and
 * no result depends on it.
 *
 * All strides are in bytes; `step` is from one k to the next in the panel.
 */
export function packFunction(): string {
  const pack = new WatFunction();
  for (const line of LINES) {
    const index = pack.set("index", "i32", add(get("line"), line));
    const within = smaller(index, get("last"));
    const from = add(get("from"), mul(within, get("across")));
    pack.set(`line_${line}`, "i32", from);
  }
  pack.set("out", "i32", get("to"));
  pack.set("member", "i32", int(0));
  pack.loop("member", get("groups"), () => {
    for (const line of LINES) {
      const from = add(get(`line_${line}`), mul(get("member"), get("group")));
      pack.set(`at_${line}`, "i32", from);
    }
    pack.set("k", "i32", int(0));
    const areNeighbours = call(
      "i32.and",
      call("i32.eq", get("across"), int(4)),
      call("i32.le_s", add(get("line"), 3), get("last")),
    );
    pack.when(areNeighbours, () => copyVectors(pack), () => {
      const isLine = call("i32.eq", get("along"), int(4));
      pack.when(isLine, () => transposeSquares(pack));
      gatherLanes(pack);
    });
  });
  const parameters = [
    "from",
    "group",
    "across",
    "along",
    "groups",
    "depth",
    "line",
    "last",
    "to",
    "step",
  ];
  return pack.text(
    `$pack ${parameters.map((name) => `(param $${name} i32)`).join(" ")}`,
  );
}

/** Copies four elements that are neighbours in memory at a time. */
function copyVectors(pack: WatFunction): void {
  pack.loop("k", get("depth"), () => {
    pack.line(call("v128.store", get("out"), load(get("at_0"))));
    pack.set("at_0", "i32", add(get("at_0"), get("along")));
    nextOut(pack);
  });
}

/** Takes four elements of each line, and gives four of each k. */
function transposeSquares(pack: WatFunction): void {
  pack.loop("k", sub(get("depth"), 3), () => {
    for (const line of LINES) {
      pack.set(`from_${line}`, "v128", load(get(`at_${line}`)));
      pack.set(`at_${line}`, "i32", add(get(`at_${line}`), 16));
    }
    const lines = LINES.map((line) => get(`from_${line}`));
    for (const four of transposed(pack, "square", lines)) {
      pack.line(call("v128.store", get("out"), four()));
      nextOut(pack);
    }
  }, 4);
}

/** Gathers the elements of what is left, one by one. */
function gatherLanes(pack: WatFunction): void {
  pack.loop("k", get("depth"), () => {
    let four = call("v128.load32_zero", get("at_0"));
    for (const line of LINES.slice(1)) {
      four = call(`v128.load32_lane ${line}`, get(`at_${line}`), four);
    }
    pack.line(call("v128.store", get("out"), four));
    for (const line of LINES) {
      pack.set(`at_${line}`, "i32", add(get(`at_${line}`), get("along")));
    }
    nextOut(pack);
  });
}

function nextOut(pack: WatFunction): void {
  pack.set("out", "i32", add(get("out"), get("step")));
}
