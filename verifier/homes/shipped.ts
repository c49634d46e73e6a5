/** How often it is looked whether facts are in ClickHouse. */
const lookMs = 20;

/**
 * Waits until all that the journal holds now is in ClickHouse.
 * @returns false where it is not after so many milliseconds, or nobody waits any more
 */
export async function untilShipped<Place>(
  journal: { end(): Place; has(place: Place): boolean },
  ms: number,
  over: () => boolean,
): Promise<boolean> {
  const place = journal.end();
  for (let waited = 0; !journal.has(place); waited += lookMs) {
    if (waited >= ms || over()) return false;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return true;
}
