/**
 * The tools of validation: a place in a document, a collector of what is wrong, the formats of
 * names and values, and the way in which upstream prints a value.
 */
@NullMarked
package garrison.model.rules.check;

import org.jspecify.annotations.NullMarked;
