/** What whoever watches over the service asks for: answered also while it is busy or stops. */
export const watchedPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
