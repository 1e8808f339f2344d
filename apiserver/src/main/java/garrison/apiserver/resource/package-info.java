/**
 * What can be done with objects: the generic operations over {@link garrison.model.kind.Kind} data
 * and a {@link garrison.store.Store}; no HTTP.
 *
 * <p>{@link garrison.apiserver.resource.Resources} is the entrance. A write is decoded, defaulted,
 * admitted, prepared, validated and stored (spec: api-server 10.2); reads and lists come from
 * {@link garrison.apiserver.watch.ResourceCache}.
 */
@NullMarked
package garrison.apiserver.resource;

import org.jspecify.annotations.NullMarked;
