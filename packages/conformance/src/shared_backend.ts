import type { Backend } from "@rockpool/core";
import type { TestBackend } from "./test_backend.ts";

/** What tests open instead of a backend, so that all open the same. */
const known = new WeakMap<TestBackend, TestBackend>();

/**
 * A backend as tests are to open it: where it is to be shared, they all get
 * the one that was opened first, and it is closed after the last of them.
 *
 * To be called before tests run, since it registers what closes it.
 */
export function sharedBackend(backend: TestBackend): TestBackend {
  if (!backend.isShared) return backend;
  const shared = known.get(backend) ?? share(backend);
  known.set(backend, shared);
  return shared;
}

function share(backend: TestBackend): TestBackend {
  const { name } = backend;
  let first: Promise<Backend> | undefined;
  Deno.test.afterAll(async () => {
    const opened = await first?.catch(() => undefined);
    opened?.[Symbol.dispose]();
    first = undefined;
  });
  return {
    name,
    open: async () => borrowed(await (first ??= backend.open())),
    openTwin: backend.openTwin?.bind(backend),
    get skip() {
      return backend.skip;
    },
  };
}

/** A backend that stays open when it is disposed. */
function borrowed(backend: Backend): Backend {
  const { name, info } = backend;
  return {
    name,
    info,
    session: (options) => backend.session(options),
    memory: () => backend.memory(),
    [Symbol.dispose]() {},
  };
}
