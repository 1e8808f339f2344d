/** Manifests, and how they become objects: {@code kubectl apply} without kubectl. */
@NullMarked
package garrison.cli.apply;

import org.jspecify.annotations.NullMarked;
