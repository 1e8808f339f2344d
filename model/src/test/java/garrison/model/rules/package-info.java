/** The rules, held to recorded answers and to the tables of the spec. */
@NullMarked
package garrison.model.rules;

import org.jspecify.annotations.NullMarked;
