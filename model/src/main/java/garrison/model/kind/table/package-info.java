/**
 * The tables that {@code kubectl get} shows: one file for each family of kinds, made of {@link
 * garrison.model.kind.Column}s (spec: api-server 7).
 */
@NullMarked
package garrison.model.kind.table;

import org.jspecify.annotations.NullMarked;
