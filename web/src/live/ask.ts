const within = 2000;

/**
 * Asks whether the server is there and the session lives: the status of its answer, or
 * undefined where none comes within two seconds. A stream does not tell why it was
 * refused; a request does.
 */
export async function ask(): Promise<number | undefined> {
  try {
    return (await fetch('/api/v1/me', { signal: AbortSignal.timeout(within) })).status;
  } catch {
    return undefined;
  }
}
