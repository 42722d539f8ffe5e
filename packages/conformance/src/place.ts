import { interpreter } from "@rockpool/kernel";
import type { Place } from "./check.ts";
import type { TestBackend } from "./test_backend.ts";

/** Opens a backend, its twin and the interpreter; disposing closes them. */
export async function openPlace(
  backend: TestBackend,
): Promise<Place & Disposable> {
  const stack = new DisposableStack();
  try {
    return {
      backend: stack.use(await backend.open()),
      twin: stack.use(await backend.openTwin?.()),
      oracle: stack.use(interpreter()),
      [Symbol.dispose]: () => stack.dispose(),
    };
  } catch (error) {
    stack.dispose();
    throw error;
  }
}
