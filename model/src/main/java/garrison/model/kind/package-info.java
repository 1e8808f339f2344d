/**
 * The registry of kinds. {@link garrison.model.kind.Kinds} has a constant for each, and finds them
 * by their names; {@code CoreKinds} and {@code GroupKinds} say what each is made of, {@code
 * KindBuilder} what a kind is where nothing is said. A kind is data: the API server has no code for
 * any one of them.
 */
@NullMarked
package garrison.model.kind;

import org.jspecify.annotations.NullMarked;
