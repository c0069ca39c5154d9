/**
 * The promise's value, or `otherwise` when it takes longer. The promise itself goes on. A process that stood still has not
 * read yet what came in time when its timers go off: that counts.
 */
export async function within<T>(promise: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, otherwise), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
