import type { Tensor } from "@rockpool/core";

/** Parameters, or their gradients, by name. */
export type Parameters = Readonly<Record<string, Tensor<Float32Array>>>;

/** The decay of both averages, as the authors recommend. */
const DECAY = { first: 0.9, second: 0.999 };
const EPSILON = 1e-8;

/**
 * Adam: steps along gradients, each relative to how large they usually are.
 *
 * Kingma and Ba, Adam: A Method for Stochastic Optimization (2015), arXiv
 * 1412.6980.
 */
export class Adam {
  #steps = 0;
  readonly #averages = new Map<string, [Float64Array, Float64Array]>();

  constructor(readonly rate: number) {}

  /** Moves parameters in place against their gradients. */
  step(parameters: Parameters, gradients: Parameters): void {
    this.#steps += 1;
    const [first, second] = [DECAY.first, DECAY.second]
      .map((decay) => 1 - decay ** this.#steps);
    for (const [name, { data }] of Object.entries(parameters)) {
      let averages = this.#averages.get(name);
      if (!averages) {
        averages = [
          new Float64Array(data.length),
          new Float64Array(data.length),
        ];
        this.#averages.set(name, averages);
      }
      const [mean, square] = averages;
      const g = gradients[name].data;
      for (let i = 0; i < data.length; i++) {
        mean[i] += (1 - DECAY.first) * (g[i] - mean[i]);
        square[i] += (1 - DECAY.second) * (g[i] ** 2 - square[i]);
        const size = Math.sqrt(square[i] / second) + EPSILON;
        data[i] -= this.rate * mean[i] / first / size;
      }
    }
  }
}
