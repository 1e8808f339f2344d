/**
 * A revisioned log of bytes: what etcd is to Kubernetes, embedded.
 *
 * <p>Start at {@link garrison.store.Store}, the port. {@link garrison.store.SqliteStore} and {@link
 * garrison.store.MemoryStore} open one; both are a {@code LogStore}, which decides and orders
 * writes, over a {@code Journal}, which keeps them. {@code Versions} holds every key's states in
 * memory for reads at a revision, {@code ChangeFeed} carries changes to watches. Nothing here knows
 * Kubernetes.
 */
@NullMarked
package garrison.store;

import org.jspecify.annotations.NullMarked;
