/** The one JSON and YAML reader and writer of the house. */
@NullMarked
package garrison.model.json;

import org.jspecify.annotations.NullMarked;
