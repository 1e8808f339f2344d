/**
 * What Garrison knows of Kubernetes' objects: no I/O, no threads, nothing of other modules.
 *
 * <p>An object is a document, a JSON tree. This package holds the small records that are read from
 * documents where code has to decide by them: {@link garrison.model.Node}, {@link
 * garrison.model.Pod}, {@link garrison.model.DaemonSet}, with {@link garrison.model.Meta} in each
 * of them, and the values in them: {@link garrison.model.Taint}, {@link garrison.model.Quantity},
 * {@link garrison.model.Resources}. Reading is forgiving, since what is stored was validated; and a
 * refusal is a {@link garrison.model.StatusException}.
 *
 * <p>From here:
 *
 * <ul>
 *   <li>{@link garrison.model.kind.Kinds}, the registry: a new kind, a new column, a new field for
 *       field selectors is a line there or in {@code kind.table};
 *   <li>{@link garrison.model.schema}, the members that a document may have; {@link
 *       garrison.model.rules}, defaults, validation and warnings; {@link garrison.model.patch}, how
 *       documents are patched;
 *   <li>{@link garrison.model.selector}, label and field selectors.
 * </ul>
 */
@NullMarked
package garrison.model;

import org.jspecify.annotations.NullMarked;
