/** A package that is to be published. */
export interface Publication {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
}

/** Where packages are published. */
export interface Publisher<P extends Publication = Publication> {
  /** Whether it has this version already. */
  isPublished(publication: Publication): Promise<boolean>;
  /**
   * Publishes it.
   *
   * @throws {Error} where that fails
   */
  publish(publication: P): Promise<void>;
}

/**
 * Publishes packages one after the other, each everywhere; where it is already
 * it is passed over, so that the same call goes on after one that failed. Tells
 * of each when it is everywhere.
 *
 * @throws {Error} for the first one that fails; nothing after it is published
 */
export async function publishAll<P extends Publication>(
  publications: readonly P[],
  publishers: readonly Publisher<P>[],
  published: (publication: P) => void | Promise<void>,
): Promise<void> {
  for (const it of publications) {
    for (const publisher of publishers) {
      if (!await publisher.isPublished(it)) await publisher.publish(it);
    }
    await published(it);
  }
}
