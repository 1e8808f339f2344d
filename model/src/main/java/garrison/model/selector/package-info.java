/** Label and field selectors: their text, their documents, and what they pick. */
@NullMarked
package garrison.model.selector;

import org.jspecify.annotations.NullMarked;
