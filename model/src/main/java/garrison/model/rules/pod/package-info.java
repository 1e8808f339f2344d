/** The rules of pods and of the templates in which they stand: one class for each part of a pod. */
@NullMarked
package garrison.model.rules.pod;

import org.jspecify.annotations.NullMarked;
